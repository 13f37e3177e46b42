"""Test of concepts that somebody gives by images: what is asked, what was found, and how it is said."""
