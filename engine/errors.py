"""Errors whose text is meant for the person in front of the page."""


class VitrineError(Exception):
    """One sentence for the user: what was wrong, what was received, what to do.

    The sentence is a template, so that it can be translated before its values are filled in.

    Args:
        text: sentence with ``{name}`` places.
        **values: what stands in these places.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.text, self.values)


def _rebuild(kind: type[VitrineError], text: str, values: dict[str, object]) -> VitrineError:
    return kind(text, **values)


class PictureError(VitrineError):
    """The file is not a picture that can be explained."""


class TargetError(VitrineError):
    """The thing to explain does not exist in this picture or model."""


class ParamsError(VitrineError):
    """A parameter is outside its range."""


class ModelError(VitrineError):
    """A model cannot be loaded, or does not do what was asked."""


class StoreError(VitrineError):
    """A stored result or weight file is missing or damaged."""


class SettingError(VitrineError):
    """A setting has a value that it cannot have."""


class DataSetError(VitrineError):
    """A data set cannot be read, or is not what was asked for."""


class GradeError(VitrineError):
    """A map cannot be graded."""


class GoneDataSetError(DataSetError):
    """The files of a data set are not there any more: none of its images can be asked about."""


class ProjectionError(VitrineError):
    """Features cannot be laid out."""


class MapsError(VitrineError):
    """Attribution maps cannot be compared."""


class TransferError(VitrineError):
    """Features cannot be learnt from."""


class ExperimentError(VitrineError):
    """A run cannot be read, started or written down."""
