"""What the command line says about the time that a pass takes."""

from commands.runners import error_bar, slowdown_text, took_text
from compute.work.contract import Price, Progress


def test_a_pass_that_took_far_longer_says_so():
    price = Price(1000, seconds=51.0)
    assert took_text(price, 350.0).startswith("It took 350 s and not about 51 s")
    assert took_text(price, 60.0) == "" and took_text(Price(17, seconds=0.2), 9.0) == ""


def test_the_bar_says_what_is_measured():
    def progress(slowdown):
        return Progress(128, 1056, 40.0, 318.0, "running", slowdown)

    assert slowdown_text(progress(6.86)) == "measured: 6.9 times the estimate"
    assert slowdown_text(progress(1.2)) == slowdown_text(progress(None)) == ""
    with error_bar("{task.completed}") as bar:
        assert bar.add_task("", total=1) == 0
