package dev.sdlora.cli;

import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that commands use when none is named: the one in the folder {@code models} of the
 * application that the system property {@code sd.home} names, or, when it is not set, that of the
 * class path.
 */
final class BundledModel {
  private BundledModel() {}

  /** A small SD 1.x checkpoint that draws coloured shapes on coloured grounds. */
  static Path checkpoint() {
    String home = System.getProperty("sd.home");
    return home == null ? DemoModel.checkpoint() : Path.of(home, "models", "demo-sd1.safetensors");
  }

  /** The checkpoint that a LoRA was trained on, if it is a bundled one. */
  static Optional<Path> baseOf(Path lora) {
    return lora.startsWith(loras()) ? Optional.of(checkpoint()) : Optional.empty();
  }

  /** A folder with LoRAs for it. */
  static Path loras() {
    String home = System.getProperty("sd.home");
    return home == null ? DemoModel.loras() : Path.of(home, "models", "loras");
  }
}
