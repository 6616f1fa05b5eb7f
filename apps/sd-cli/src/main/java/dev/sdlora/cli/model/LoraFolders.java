package dev.sdlora.cli.model;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.cli.console.Console;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The folders in which a command finds LoRAs by name. */
public final class LoraFolders {
  public static final String HELP =
      "LoRA: a file or the name of a LoRA in --lora-dir or of a bundled one.";
  static final String WEIGHTED_HELP =
      "LoRAs: files or names of LoRAs in --lora-dir or of bundled ones. Default weight: 1;"
          + " :TEXT,UNET sets the text encoder and U-Net weights separately.";

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description = "Folder to search for LoRA names; repeatable. Default: the bundled LoRAs.")
  private List<Path> folders = new ArrayList<>();

  /** Opens a LoRA by file or name. */
  public LoraAdapter open(String lora, Console console) {
    return LoraReference.open(lora, folders, console);
  }

  /** Opens LoRAs with their weights. */
  public List<LoraAdapter> openWeighted(List<String> loras, Console console) {
    return loras.stream().map(lora -> LoraReference.openWeighted(lora, folders, console)).toList();
  }
}
