"""People: who may log in and how. Secrets live here, never in the journal; which posts a person holds is the watch's."""
