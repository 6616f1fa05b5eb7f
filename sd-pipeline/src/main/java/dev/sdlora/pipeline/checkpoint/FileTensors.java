package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of one network, asked for by the names of this library. */
record FileTensors(NetworkWeights weights, String network, Names names) {
  /** Larger than any vocabulary or width. */
  private static final int MAX_SIZE = 1 << 24;

  /** The tensors of a network that lies in one file. */
  FileTensors(TensorFile file, String network, Names names) {
    this(NetworkWeights.of(file), network, names);
  }

  /** The file, or the index of several, for messages. */
  Path path() {
    return weights.path();
  }

  /** The tensor that holds a weight. */
  Optional<TensorEntry> find(String name) {
    return weights.find(names.inFile(name));
  }

  /**
   * A dimension on which most of some tensors agree, so that one wrong tensor does not decide what
   * the network looks like.
   *
   * @param dimension which dimension of each tensor
   * @throws CheckpointException if the file has none of them, or no network has such a dimension
   */
  int common(int dimension, String... candidates) {
    Map<Long, Integer> votes = new TreeMap<>();
    for (String name : candidates) {
      find(name)
          .filter(entry -> entry.shape().size() > dimension)
          .ifPresent(entry -> votes.merge(entry.shape().get(dimension), 1, Integer::sum));
    }
    long size =
        votes.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElseThrow(() -> missing(candidates[0], ""));
    if (size < 1 || size > MAX_SIZE) {
      throw new CheckpointException(
          "'%s': tensor '%s' of the %s has a dimension of %s, expected 1 to %s"
              .formatted(weights.path(), names.inFile(candidates[0]), network, size, MAX_SIZE),
          ErrorDetails.in(weights.path()).withTensor(names.inFile(candidates[0])));
    }
    return (int) size;
  }

  /**
   * How many members a list has that is numbered from 0 on.
   *
   * @param pattern matches names in the file, with the number as its first group
   * @param most more than any network has; what a network needs is listed before it is looked for,
   *     so that a file must not choose freely how long that list becomes
   * @throws CheckpointException if a number is left out, or there are more members
   */
  int count(Pattern pattern, int most) {
    return count(weights.names(), pattern, 0, 1, most);
  }

  /**
   * Likewise, where it is known which names can match.
   *
   * @param among the names
   */
  int count(Collection<String> among, Pattern pattern, int most) {
    return count(among, pattern, 0, 1, most);
  }

  /** Likewise, for a list that begins with another number or leaves out numbers evenly. */
  int count(Pattern pattern, int first, int step, int most) {
    return count(weights.names(), pattern, first, step, most);
  }

  private int count(Collection<String> among, Pattern pattern, int first, int step, int most) {
    Map<String, String> members = new LinkedHashMap<>();
    for (String name : among) {
      Matcher matcher = pattern.matcher(name);
      if (matcher.lookingAt()) {
        members.putIfAbsent(matcher.group(1), name);
      }
    }
    if (members.size() > most) {
      throw new CheckpointException(
          "'%s': the %s has %s parts that are numbered as in '%s', expected at most %s"
              .formatted(
                  weights.path(),
                  network,
                  members.size(),
                  members.values().iterator().next(),
                  most),
          ErrorDetails.in(weights.path()));
    }
    Map<String, String> strangers = new LinkedHashMap<>(members);
    for (int i = 0; i < members.size(); i++) {
      strangers.remove(Integer.toString(first + i * step));
    }
    strangers.forEach(
        (number, name) -> {
          throw new CheckpointException(
              "'%s': tensor '%s' of the %s has number %s, but there are %s such parts, which begin"
                      .formatted(weights.path(), name, network, number, members.size())
                  + " with number %s; a part is missing or the name is damaged".formatted(first),
              ErrorDetails.in(weights.path()).withTensor(name));
        });
    return members.size();
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
                    .formatted(weights.path(), entry.name(), network, entry.shape(), shape),
                ErrorDetails.in(weights.path()).withTensor(entry.name()));
          }
          if (!entry.dtype().isFloating()) {
            throw new CheckpointException(
                "'%s': tensor '%s' of the %s holds %s numbers, expected floats;"
                        .formatted(weights.path(), entry.name(), network, entry.dtype())
                    + " quantised checkpoints are not supported",
                ErrorDetails.in(weights.path()).withTensor(entry.name()));
          }
          origins.put(name, new Origin(weights.fileOf(entry.name()), entry, shape));
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
            .formatted(weights.path(), names.inFile(name), network, expected),
        ErrorDetails.in(weights.path()).withTensor(names.inFile(name)));
  }
}
