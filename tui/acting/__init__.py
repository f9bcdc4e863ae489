"""What the keys of the bench do, by theme: each a mixin of the bench's screen."""
