"""The contact book of a deployment: under which number or address a person, a unit or a post is reached, and when."""
