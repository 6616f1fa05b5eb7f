package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.value.ControlFilter;
import dev.sdlora.api.value.NetworkFile;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the networks of preprocessors, one image at a time, because each uses all cores and much
 * memory. The files that were used last stay open.
 */
public final class ControlNetworks {
  /** As many as the preprocessor with the most files needs, and one more. */
  private static final int MOST_OPEN = 3;

  private final ReentrantLock running = new ReentrantLock(true);
  private final Map<Place, OnnxNetwork> open = new LinkedHashMap<>(8, 0.75f, true);

  /** A file in a state: one that is replaced is opened again. */
  private record Place(Path file, long size, long changed) {
    static Place of(Path file) {
      try {
        return new Place(
            file.toRealPath(), Files.size(file), Files.getLastModifiedTime(file).toMillis());
      } catch (IOException e) {
        return new Place(file.toAbsolutePath(), -1, -1);
      }
    }
  }

  /**
   * Makes a control image as large as the image.
   *
   * @param folders the folders to search for files
   * @throws CheckpointException if a file is missing, or holds another kind of network
   */
  public Image make(Preprocessor preprocessor, List<Path> folders, Image image) {
    ControlFilter filter = ControlFilter.parse(preprocessor.name());
    List<Path> files =
        NetworkFile.find(filter.networks(), folders)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        NetworkFile.missing(preprocessor.name(), filter.networks(), folders),
                        ErrorDetails.NONE.withName(preprocessor.name())));
    try {
      running.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException(
          "preprocessor '%s' did not run: its thread was interrupted"
              .formatted(preprocessor.name()));
    }
    try {
      return make(filter, files, Pixels.of(image));
    } finally {
      running.unlock();
    }
  }

  private Image make(ControlFilter filter, List<Path> files, Pixels image) {
    return switch (filter) {
      case DEPTH_ANYTHING_V2 -> Depth.of(network(files.get(0)), image);
      case SOFTEDGE_HED, SCRIBBLE_HED -> SoftEdges.of(network(files.get(0)), image);
      case LINEART_REALISTIC -> PencilLines.of(network(files.get(0)), image);
      case DW_OPENPOSE_FULL -> {
        OnnxNetwork people = network(files.get(0));
        yield Skeletons.of(people, network(files.get(1)), image);
      }
      default ->
          throw new IllegalArgumentException(
              "preprocessor '%s' runs no network".formatted(filter.id()));
    };
  }

  private OnnxNetwork network(Path file) {
    Place place = Place.of(file);
    OnnxNetwork network = open.get(place);
    if (network == null) {
      while (open.size() >= MOST_OPEN) {
        Place oldest = open.keySet().iterator().next();
        OnnxNetwork unused = open.remove(oldest);
        if (unused != null) {
          unused.close();
        }
      }
      network = OnnxNetwork.open(file);
      open.put(place, network);
    }
    return network;
  }
}
