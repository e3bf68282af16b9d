"""The ways by which a message leaves the house: small plug-ins with one promise, `contract.Channel`."""
