package dev.sdlora.onnx.pixels;

/**
 * Fits images into the input of a network: scaled without distortion, the rest filled with one
 * level.
 *
 * @param width the width of the input
 * @param height the height of the input
 * @param scale the factor from pixels of the image to pixels of the input
 * @param left the place of the scaled image in the input
 * @param top the place of the scaled image in the input
 * @param innerWidth the width of the scaled image
 * @param innerHeight the height of the scaled image
 */
public record Letterbox(
    int width, int height, double scale, int left, int top, int innerWidth, int innerHeight) {

  /**
   * Puts the image into the middle of the input, as Ultralytics does.
   *
   * @param stride if positive, the input is cropped around the image to multiples of it
   */
  public static Letterbox centred(Pixels image, int width, int height, int stride) {
    double scale = Math.min((double) width / image.width(), (double) height / image.height());
    int innerWidth = Math.max(1, (int) Math.rint(image.width() * scale));
    int innerHeight = Math.max(1, (int) Math.rint(image.height() * scale));
    int across = stride > 0 ? (width - innerWidth) % stride : width - innerWidth;
    int down = stride > 0 ? (height - innerHeight) % stride : height - innerHeight;
    return new Letterbox(
        innerWidth + across,
        innerHeight + down,
        scale,
        (int) Math.rint(across / 2.0 - 0.1),
        (int) Math.rint(down / 2.0 - 0.1),
        innerWidth,
        innerHeight);
  }

  /** Puts the image into the top left corner of the input, as YOLOX does. */
  public static Letterbox cornered(Pixels image, int width, int height, double most) {
    double scale =
        Math.min(most, Math.min((double) width / image.width(), (double) height / image.height()));
    return new Letterbox(
        width,
        height,
        scale,
        0,
        0,
        Math.max(1, (int) (image.width() * scale)),
        Math.max(1, (int) (image.height() * scale)));
  }

  /** Returns the input for an image. */
  public Pixels draw(Pixels image, int background) {
    return Linear.resize(image, innerWidth, innerHeight).on(background, width, height, left, top);
  }

  /** Returns the column of the image at a column of the input. */
  public double imageX(double x) {
    return (x - left) / scale;
  }

  /** Returns the row of the image at a row of the input. */
  public double imageY(double y) {
    return (y - top) / scale;
  }
}
