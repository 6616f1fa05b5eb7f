package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of one network in one file, asked for by the names of this library. */
record FileTensors(TensorFile file, String network, Names names) {

  /** The tensor that holds a weight. */
  Optional<TensorEntry> find(String name) {
    return file.find(names.inFile(name));
  }

  /**
   * A dimension on which most of some tensors agree, so that one wrong tensor does not decide what
   * the network looks like.
   *
   * @param dimension which dimension of each tensor
   * @throws CheckpointException if the file has none of them
   */
  int common(int dimension, String... candidates) {
    Map<Long, Integer> votes = new TreeMap<>();
    for (String name : candidates) {
      find(name)
          .filter(entry -> entry.shape().size() > dimension)
          .ifPresent(entry -> votes.merge(entry.shape().get(dimension), 1, Integer::sum));
    }
    return votes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(vote -> Math.toIntExact(vote.getKey()))
        .orElseThrow(() -> missing(candidates[0], ""));
  }

  /**
   * How many members a numbered list has, judging by its highest number.
   *
   * @param pattern matches names in the file, with the number as its first group
   */
  int count(Pattern pattern) {
    int count = 0;
    for (String name : file.tensors().keySet()) {
      Matcher matcher = pattern.matcher(name);
      if (matcher.lookingAt()) {
        count = Math.max(count, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    return count;
  }

  /**
   * Finds every weight that a network needs.
   *
   * @param wanted names and shapes
   * @throws CheckpointException if one is missing or has another shape
   */
  Map<String, Origin> resolve(Map<String, List<Long>> wanted) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          TensorEntry entry =
              find(name).orElseThrow(() -> missing(name, ", expected shape " + shape));
          if (!withoutOnes(entry.shape()).equals(withoutOnes(shape))) {
            throw new CheckpointException(
                "'%s': tensor '%s' of the %s has shape %s, expected %s"
                    .formatted(file.path(), entry.name(), network, entry.shape(), shape));
          }
          if (!entry.dtype().isFloating()) {
            throw new CheckpointException(
                "'%s': tensor '%s' of the %s holds %s numbers, expected floats;"
                        .formatted(file.path(), entry.name(), network, entry.dtype())
                    + " quantised checkpoints are not supported");
          }
          origins.put(name, new Origin(file, entry, shape));
        });
    return origins;
  }

  /** 1×1 convolutions and matrices hold the same numbers, and layouts differ in which they use. */
  private static List<Long> withoutOnes(List<Long> shape) {
    return shape.stream().filter(side -> side != 1).toList();
  }

  private CheckpointException missing(String name, String expected) {
    return new CheckpointException(
        "'%s': tensor '%s' of the %s is missing%s"
            .formatted(file.path(), names.inFile(name), network, expected));
  }
}
