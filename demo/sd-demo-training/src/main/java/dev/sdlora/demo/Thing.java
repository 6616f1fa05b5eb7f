package dev.sdlora.demo;

/** One thing in a scene. */
public record Thing(Shape shape, Colour colour, Size size, Place place) {
  /** Returns the same thing at another place. */
  public Thing withPlace(Place other) {
    return new Thing(shape, colour, size, other);
  }
}
