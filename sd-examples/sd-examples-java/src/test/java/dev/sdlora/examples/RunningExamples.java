package dev.sdlora.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;

/** Tests that run examples in a folder of their own and look at what these write. */
abstract class RunningExamples {
  @TempDir Path folder;

  /** The arguments that make an example write there. */
  final String[] arguments() {
    return new String[] {folder.toString()};
  }

  final File file(String name) {
    return folder.resolve(name).toFile();
  }

  /** The pixels of an image of the bundled model's size, to compare. */
  final String pixels(String name) throws IOException {
    return Arrays.toString(ImageIO.read(file(name)).getRGB(0, 0, 128, 128, null, 0, 128));
  }
}
