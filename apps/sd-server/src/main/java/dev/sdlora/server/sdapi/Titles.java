package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.json.Fields;
import java.util.Optional;

/** Checkpoints as A1111 lists them. The hash of a large file is shown once it is known. */
final class Titles {
  /** Files up to this size are hashed for the list. */
  private static final long SMALL = 32L << 20;

  private static final int DIGITS = 10;

  private Titles() {}

  /** Returns an element of {@code sd-models}. */
  static ObjectNode json(Model model) {
    Optional<String> hash = hash(model.checkpoint());
    return Fields.object()
        .put("title", title(model))
        .put("model_name", model.name().replace('/', '_'))
        .put("hash", hash.map(digits -> digits.substring(0, DIGITS)).orElse(null))
        .put("sha256", hash.orElse(null))
        .put("filename", file(model))
        .putNull("config");
  }

  /** Returns the name of the file with its hash in brackets, as in {@code v1.safetensors [ab…]}. */
  static String title(Model model) {
    return file(model)
        + hash(model.checkpoint())
            .map(digits -> " [" + digits.substring(0, DIGITS) + "]")
            .orElse("");
  }

  private static String file(Model model) {
    String name = String.valueOf(model.checkpoint().path().getFileName());
    int folder = model.name().lastIndexOf('/') + 1;
    return model.name().substring(0, folder) + name;
  }

  private static Optional<String> hash(Checkpoint checkpoint) {
    try {
      return checkpoint.weightBytes() <= SMALL ? checkpoint.sha256() : checkpoint.knownSha256();
    } catch (TensorFileException e) {
      return Optional.empty(); // The file is gone.
    }
  }
}
