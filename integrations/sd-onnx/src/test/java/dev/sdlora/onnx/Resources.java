package dev.sdlora.onnx;

import dev.sdlora.api.image.Image;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The files next to the tests, whose README says where they come from. */
final class Resources {
  private Resources() {}

  static Path folder() {
    return file("finds.txt").resolveSibling("");
  }

  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Resources.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Image image(String name) {
    return Image.read(file(name + ".png"));
  }

  static Image plain(int width, int height, int level) {
    byte[] rgb = new byte[3 * width * height];
    java.util.Arrays.fill(rgb, (byte) level);
    return Image.of(width, height, rgb);
  }
}
