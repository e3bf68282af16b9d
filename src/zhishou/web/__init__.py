"""The API over the desk and how it is served: who may come in, what he may see, what he may give, and news as it happens."""
