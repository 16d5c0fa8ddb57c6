"""Who has completed which lesson, by cohort and by lesson: for coordinators' pages and for the API."""
