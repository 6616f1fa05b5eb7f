package dev.sdlora.pipeline.upscale;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.families.checkpoint.auxiliary.UpscalerReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The upscalers that requests can name: those in a list of folders, by file name or by A1111's
 * labels. Folders are read at each request, and a network is loaded for one request. Thread-safe.
 */
public final class UpscalerFolders {
  /** A1111's labels for the files that it downloads. */
  private static final Map<String, String> LABELS =
      Map.of(
          "R-ESRGAN 4x+", "RealESRGAN_x4plus",
          "R-ESRGAN 4x+ Anime6B", "RealESRGAN_x4plus_anime_6B",
          "R-ESRGAN 2x+", "RealESRGAN_x2plus",
          "R-ESRGAN General 4xV3", "realesr-general-x4v3",
          "R-ESRGAN General WDN 4xV3", "realesr-general-wdn-x4v3",
          "R-ESRGAN AnimeVideo", "realesr-animevideov3",
          "ESRGAN_4x", "ESRGAN");

  private static final List<String> ENDINGS = List.of(".safetensors", ".pth", ".pt");

  private final List<Path> folders;

  /**
   * Creates a list of upscaler folders.
   *
   * @throws CheckpointException if one is not a folder
   */
  public UpscalerFolders(List<Path> folders) {
    this.folders = List.copyOf(folders);
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new CheckpointException(
            "upscaler directory '" + folder + "' is not a folder", ErrorDetails.in(folder));
      }
    }
  }

  /** Whether an upscaler is a network, not a built-in one. */
  static boolean isNetwork(Upscaler upscaler) {
    return upscaler.file().isPresent() || !Upscaler.builtIn().contains(upscaler);
  }

  /**
   * Returns the dimensions of an upscaler; empty if it has no network. Reads only the file's
   * header.
   *
   * @throws CheckpointException as in {@link #open}
   */
  public Optional<UpscalerConfig> config(Upscaler upscaler) {
    return isNetwork(upscaler)
        ? Optional.of(UpscalerReader.read(file(upscaler)).config())
        : Optional.empty();
  }

  /**
   * Loads an upscaler. The caller closes it.
   *
   * @param upscaler a file, or a name: the file name without extension, or A1111's label; case is
   *     ignored
   * @param torch the owner of its native memory
   * @throws CheckpointException if there is none with this name, or it is another kind of network
   */
  public TiledUpscaler open(Upscaler upscaler, Torch torch) {
    return TiledUpscaler.open(file(upscaler), torch.child());
  }

  private Path file(Upscaler upscaler) {
    return upscaler.file().orElseGet(() -> find(upscaler.name()));
  }

  private Path find(String name) {
    List<Path> files = files();
    String label = LABELS.getOrDefault(name, name);
    return Stream.of(name, label)
        .flatMap(
            wanted ->
                files.stream().filter(file -> NetworkFile.name(file).equalsIgnoreCase(wanted)))
        .findFirst()
        .orElseThrow(() -> unknown(name, files.stream().map(NetworkFile::name).toList()));
  }

  private CheckpointException unknown(String name, List<String> inFolders) {
    List<String> builtIn = Upscaler.builtIn().stream().map(Upscaler::name).toList();
    List<String> known = Stream.concat(builtIn.stream(), inFolders.stream()).toList();
    return new CheckpointException(
        "unknown upscaler '%s'; built-in upscalers are %s, and %s%s"
            .formatted(
                name,
                String.join(", ", builtIn),
                folders.isEmpty()
                    ? "there is no upscaler directory"
                    : "the upscaler directories contain "
                        + (inFolders.isEmpty() ? "none" : String.join(", ", inFolders)),
                Nearest.question(name, known)),
        ErrorDetails.NONE.withName(name).withKnownNames(known));
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> all = Files.list(folder)) {
        all.filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
            .sorted()
            .forEach(files::add);
      } catch (IOException | UncheckedIOException e) {
        throw new CheckpointException(
            "upscaler directory '" + folder + "' cannot be read: " + e.getMessage(),
            ErrorDetails.in(folder),
            e);
      }
    }
    return files;
  }
}
