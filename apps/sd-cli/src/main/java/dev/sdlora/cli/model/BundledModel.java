package dev.sdlora.cli.model;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The model that commands use by default: from the folder {@code models} of the application
 * directory (the system property {@code sd.home}), or from the class path if that is not set.
 */
public final class BundledModel {
  private BundledModel() {}

  /** Returns a small SD 1.x checkpoint that draws coloured shapes on coloured backgrounds. */
  public static Path checkpoint() {
    String home = System.getProperty("sd.home");
    return home == null ? DemoModel.checkpoint() : Path.of(home, "models", "demo-sd1.safetensors");
  }

  /** Returns the checkpoint that a LoRA was trained on, if it is a bundled LoRA. */
  public static Optional<Path> baseOf(Path lora) {
    return lora.startsWith(loras()) ? Optional.of(checkpoint()) : Optional.empty();
  }

  /** Returns the bundled files by the names that users know them by. */
  public static SortedMap<String, Path> names() {
    SortedMap<String, Path> names = new TreeMap<>();
    LoraLibrary.open(List.of(loras())).list().forEach(lora -> names.put(lora.name(), lora.path()));
    Path model = checkpoint();
    names.put(FileNames.stem(model), model);
    return names;
  }

  /** Returns a folder with LoRAs for the bundled checkpoint. */
  public static Path loras() {
    String home = System.getProperty("sd.home");
    return home == null ? DemoModel.loras() : Path.of(home, "models", "loras");
  }
}
