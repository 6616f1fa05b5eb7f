package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.weights.Origin;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the dimensions and the weights of a network; contradictions become errors about files. */
public final class CheckedPart {
  private CheckedPart() {}

  /** Derives the dimensions of a network. */
  public interface Dimensions<C> {
    C of(TransformerFiles.Part part);
  }

  /** Reads dimensions; contradictions become errors about the file. */
  public static <C> C checked(TransformerFiles.Part part, Dimensions<C> dimensions) {
    try {
      return dimensions.of(part);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "'%s': %s".formatted(part.path(), e.getMessage()), ErrorDetails.in(part.path()), e);
    }
  }

  /** Selects the weights of a network that are read. */
  public static <C> ModelFiles.Part<C> part(
      TransformerFiles.Part part, C config, Map<String, List<Long>> wanted) {
    Map<String, Origin> weights = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          Origin origin = part.weights().get(name);
          if (origin == null || !origin.shape().equals(shape)) {
            throw new CheckpointException(
                "'%s': tensor '%s' %s, expected the shape %s"
                    .formatted(
                        part.path(),
                        name,
                        origin == null ? "is missing" : "has the shape " + origin.shape(),
                        shape),
                ErrorDetails.in(part.path()).withTensor(name));
          }
          weights.put(name, origin);
        });
    return new ModelFiles.Part<>(config, Collections.unmodifiableMap(weights));
  }
}
