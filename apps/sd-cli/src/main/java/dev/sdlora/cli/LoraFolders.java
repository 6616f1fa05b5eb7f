package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The folders in which a command finds LoRAs by name. */
final class LoraFolders {
  static final String HELP =
      "LoRA file, or name as in prompts: of a LoRA in --lora-dir, or of a bundled one.";
  static final String WEIGHTED_HELP =
      "LoRA files, or names as in prompts: of LoRAs in --lora-dir, or of bundled ones. Default"
          + " weight: 1; :TEXT,UNET sets one for the text encoders and one for the U-Net.";

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description = "Folder in which to find names; repeatable. Default: the bundled LoRAs.")
  private List<Path> folders = new ArrayList<>();

  /** Opens a LoRA by its file or name. */
  LoraAdapter open(String lora, Console console) {
    return LoraReference.open(lora, folders, console);
  }

  /** Opens LoRAs with their weights. */
  List<LoraAdapter> openWeighted(List<String> loras, Console console) {
    return loras.stream().map(lora -> LoraReference.openWeighted(lora, folders, console)).toList();
  }
}
