package dev.sdlora.pipeline.image;

public final class PngFiles {
  private PngFiles() {}

  public static void save(dev.sdlora.api.GeneratedImage i, java.nio.file.Path p) {
    try {
      javax.imageio.ImageIO.write(i.toBufferedImage(), "png", p.toFile());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public static String readParameters(java.nio.file.Path p) {
    return "";
  }
}
