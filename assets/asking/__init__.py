"""What several connectors share: how an address is written, how a deposit is read, how pages follow
one another. Each module of `assets.connectors` is a scheme; none of these is.
"""
