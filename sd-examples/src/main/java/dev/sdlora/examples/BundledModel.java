package dev.sdlora.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where the model that ships with the examples lies: in the folder {@code models} of the
 * application that the system property {@code sd.home} names, or, when it is not set, in the source
 * tree.
 */
public final class BundledModel {
  private BundledModel() {}

  /** A small SD 1.x checkpoint that draws coloured shapes on coloured grounds. */
  public static Path checkpoint() {
    return models().resolve("demo-sd1.safetensors");
  }

  /** A folder with LoRAs for it. */
  public static Path loras() {
    return models().resolve("loras");
  }

  private static Path models() {
    String home = System.getProperty("sd.home");
    if (home != null) {
      return Path.of(home, "models");
    }
    return Stream.of("src/main/app/models", "sd-examples/src/main/app/models")
        .map(Path::of)
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the bundled model was not found; set the system property sd.home to the"
                        + " folder that holds 'models'"));
  }
}
