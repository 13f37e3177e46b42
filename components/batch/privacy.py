"""Privacy of a person's own pictures: results under a hash, or, in private mode, nothing."""

import streamlit as st

from components.batch.jobs import running_batch
from components.jobs.orders import leave_orders
from components.jobs.queues import is_private, private_server
from components.report.items import drop_pictures
from components.report.tables import drop_tables
from components.session.cache import forget_made
from components.session.keys import BATCH, PRIVATE, PRIVATE_QUEUE, SIDES, forget
from components.session.own_pictures import tray
from components.session.resources import job_queue
from components.session.uploads.incoming import remove_all_uploads
from components.session.uploads.uploaded_sets import uploaded_sets
from components.words.i18n import _


def choose_privacy() -> None:
    """Let the person say that nothing is to be kept; on a private server it is said in place of that."""
    if private_server():
        st.caption(_("This server keeps none of your images: everything is deleted with this session."))
        return
    st.toggle(
        _("Keep nothing from my images on this server"),
        key=PRIVATE,
        on_change=_change,
        persist_state="session",
        help=_(
            "Off: computed results are kept under a hash, never the image or its name, and reused "
            "for the same question. On: nothing is kept after this session."
        ),
    )


def let_go(*pictures: str) -> None:
    """Take pictures off the tray, by their sha256; in private mode all that was made of them goes, too."""
    own = tray()
    gone = pictures or tuple(own.pictures)
    for sha256 in gone:
        own.remove(sha256)
    own.refused.clear()
    if is_private():
        drop_pictures(gone)
        drop_tables(gone)
        _leave()


def remove_data_set(key: str) -> None:
    """Remove an uploaded data set of this session; in private mode all that was made of it goes, too."""
    uploaded_sets().remove([key])
    if is_private():
        drop_tables([key])
        _leave()


def _change() -> None:
    """From now on nothing is kept, and what was is removed; or things are kept again. Uploads are removed."""
    digests = remove_all_uploads()
    _leave()
    queue = job_queue()
    if is_private() and queue is not None:
        queue.forget({*tray().pictures, *tray().parts}, digests)


def _leave() -> None:
    """Let go of the session's work and what was made of it: what the page still shows is ordered anew."""
    found = running_batch()
    if found is not None and found.own:
        found.job.cancel()
        forget(BATCH)
    leave_orders()
    forget(PRIVATE_QUEUE, SIDES)
    forget_made()
