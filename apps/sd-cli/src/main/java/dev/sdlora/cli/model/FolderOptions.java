package dev.sdlora.cli.model;

import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ElapsedTimeLine;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.models.DownloadException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the folders in which prompts and images find files. */
@Heading(
    value = "Model and folders",
    basic = {"--lora-dir"})
public final class FolderOptions {
  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder with LoRAs for prompts; repeatable. Default: the bundled LoRAs with the bundled"
              + " model, otherwise none.")
  private List<Path> loras = new ArrayList<>();

  @Option(
      names = "--embedding-dir",
      paramLabel = "DIR",
      description =
          "Folder with textual inversion embeddings for prompts; repeatable. Default: none.")
  private List<Path> embeddings = new ArrayList<>();

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description =
          "Folder of checkpoints that images, batches and requests to the server name; repeatable."
              + " Default: none.")
  private List<Path> checkpoints = new ArrayList<>();

  @Option(
      names = "--vae-dir",
      paramLabel = "DIR",
      description = "Folder to search for an image's VAE, by hash; repeatable. Default: none.")
  private List<Path> vaes = new ArrayList<>();

  public List<Path> loras() {
    return loras;
  }

  List<Path> embeddings() {
    return embeddings;
  }

  List<Path> checkpoints() {
    return checkpoints;
  }

  /** Whether there is any folder to search. */
  public boolean given() {
    return !loras.isEmpty() || !embeddings.isEmpty() || !checkpoints.isEmpty() || !vaes.isEmpty();
  }

  /**
   * Searches for the files that an image was made with, and shows the elapsed time, because hashing
   * many files takes long.
   *
   * @param loraFolders the given folders or the bundled one
   */
  public Recovery recover(PromptSpec spec, List<Path> loraFolders, Console console) {
    ElapsedTimeLine waiting =
        ElapsedTimeLine.on(console.terminal(), "searching for the image's files");
    try {
      return search(spec, loraFolders).find();
    } finally {
      waiting.close();
    }
  }

  /**
   * Downloads an image's missing LoRAs whose hashes are known to Civitai.
   *
   * @return whether any was downloaded
   * @throws IllegalArgumentException if there is no folder for them
   */
  boolean get(List<Recovery.Item> missing, Console console) {
    boolean came = false;
    for (Recovery.Item file : missing) {
      if (file.kind() == Recovery.Kind.LORA && file.hash().isPresent()) {
        if (loras.isEmpty()) {
          throw new IllegalArgumentException(
              "--get requires a folder for the LoRAs: --lora-dir DIR");
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
