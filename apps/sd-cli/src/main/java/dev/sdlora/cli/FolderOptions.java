package dev.sdlora.cli;

import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.models.DownloadException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where files lie that prompts and images name. */
@Heading(
    value = "Model and folders",
    basic = {"--lora-dir"})
final class FolderOptions {
  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder with LoRAs that prompts can name; repeatable. Default: the bundled"
              + " LoRAs with the bundled model, otherwise none.")
  private List<Path> loras = new ArrayList<>();

  @Option(
      names = "--embedding-dir",
      paramLabel = "DIR",
      description =
          "Folder with textual inversion embeddings that prompts can name; repeatable."
              + " Default: none.")
  private List<Path> embeddings = new ArrayList<>();

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description =
          "Folder with checkpoints, in which the model of a picture is looked for by its hash;"
              + " repeatable. Default: none.")
  private List<Path> checkpoints = new ArrayList<>();

  @Option(
      names = "--vae-dir",
      paramLabel = "DIR",
      description = "Folder with VAEs, likewise; repeatable. Default: none.")
  private List<Path> vaes = new ArrayList<>();

  List<Path> loras() {
    return loras;
  }

  List<Path> embeddings() {
    return embeddings;
  }

  List<Path> checkpoints() {
    return checkpoints;
  }

  /** Whether there is anything to look through. */
  boolean given() {
    return !loras.isEmpty() || !embeddings.isEmpty() || !checkpoints.isEmpty() || !vaes.isEmpty();
  }

  /**
   * Looks for the files that an image was made with. Where many have to be read, that takes its
   * time, of which the terminal tells.
   *
   * @param loraFolders those given, or the bundled ones
   */
  Recovery recover(PromptSpec spec, List<Path> loraFolders, Console console) {
    ElapsedTimeLine waiting =
        ElapsedTimeLine.on(console.terminal(), "looking for the files of the picture");
    try {
      return search(spec, loraFolders).find();
    } finally {
      waiting.close();
    }
  }

  /**
   * Gets the LoRAs of an image that are missing, as far as their hashes are known to Civitai.
   *
   * @return whether any came
   * @throws IllegalArgumentException if there is no folder for them
   */
  boolean get(List<Recovery.Missing> missing, Console console) {
    boolean came = false;
    for (Recovery.Missing file : missing) {
      if (file.kind() == Recovery.Kind.LORA && file.hash().isPresent()) {
        if (loras.isEmpty()) {
          throw new IllegalArgumentException(
              "--get needs a folder into which LoRAs can be put: --lora-dir DIR");
        }
        try {
          String reference = "civitai:hash:" + file.hash().get();
          PublishedFile.get(reference, Optional.of(loras.get(0)), false, console);
          came = true;
        } catch (DownloadException | IllegalArgumentException e) {
          console.warn(Objects.requireNonNullElse(e.getMessage(), "" + file));
        }
      }
    }
    return came;
  }

  private Recovery.Search search(PromptSpec spec, List<Path> loraFolders) {
    Recovery.Search search = Recovery.of(spec);
    if (!loraFolders.isEmpty()) {
      search.loras(LoraLibrary.open(loraFolders));
    }
    if (!embeddings.isEmpty()) {
      search.embeddings(EmbeddingLibrary.open(embeddings));
    }
    checkpoints.forEach(search::checkpoints);
    vaes.forEach(search::vaes);
    return search;
  }
}
