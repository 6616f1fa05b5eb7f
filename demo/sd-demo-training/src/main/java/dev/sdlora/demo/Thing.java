package dev.sdlora.demo;

/** One thing in a scene. */
public record Thing(Shape shape, Colour colour, Size size, Place place) {
  /** The same thing in another shape. */
  public Thing withShape(Shape other) {
    return new Thing(other, colour, size, place);
  }

  /** The same thing in another colour. */
  public Thing withColour(Colour other) {
    return new Thing(shape, other, size, place);
  }

  /** The same thing at another place. */
  public Thing withPlace(Place other) {
    return new Thing(shape, colour, size, other);
  }
}
