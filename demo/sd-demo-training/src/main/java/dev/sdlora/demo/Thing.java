package dev.sdlora.demo;

/** One thing in a scene. */
public record Thing(Shape shape, Colour colour, Size size, Place place) {
  /** Returns the same thing in another shape. */
  public Thing withShape(Shape other) {
    return new Thing(other, colour, size, place);
  }

  /** Returns the same thing in another colour. */
  public Thing withColour(Colour other) {
    return new Thing(shape, other, size, place);
  }

  /** Returns the same thing at another place. */
  public Thing withPlace(Place other) {
    return new Thing(shape, colour, size, other);
  }
}
