package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.Quantisation;
import dev.sdlora.tensors.entry.TensorEntry;
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

/** The tensors of one network, looked up by the names that this library uses. */
public record FileTensors(NetworkWeights weights, String network, Names names) {
  /** Upper bound, larger than any vocabulary or width. */
  private static final int MAX_SIZE = 1 << 24;

  /**
   * Checks that the network is not in a quantised format that is not supported.
   *
   * @throws CheckpointException if it is
   */
  public FileTensors {
    Quantisation.refuse(weights, "", network);
  }

  /** Wraps the tensors of a network in a single file. */
  public FileTensors(TensorFile file, String network, Names names) {
    this(NetworkWeights.of(file), network, names);
  }

  /** Returns the file, or the index of sharded files, for messages. */
  public Path path() {
    return weights.path();
  }

  /** Returns the tensor that holds a weight. */
  public Optional<TensorEntry> find(String name) {
    return weights.find(names.inFile(name));
  }

  /**
   * Returns the dimension on which most of the tensors agree, so that one wrong tensor does not
   * determine the network's shape.
   *
   * @param dimension the index of the dimension in each tensor
   * @throws CheckpointException if the file has none of the tensors, or the value is out of range
   */
  public int common(int dimension, String... candidates) {
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
   * Counts the members of a list that is numbered from 0.
   *
   * @param pattern matches names in the file; its first group is the number
   * @param most an upper bound, more than any network has; it keeps a file from making the list of
   *     required tensors arbitrarily long
   * @throws CheckpointException if a number is missing, or there are more members
   */
  public int count(Pattern pattern, int most) {
    return count(weights.names(), pattern, 0, 1, most);
  }

  /**
   * Counts the members as {@link #count(Pattern, int)} does, but only among the given names.
   *
   * @param among the names that can match
   */
  public int count(Collection<String> among, Pattern pattern, int most) {
    return count(among, pattern, 0, 1, most);
  }

  /** Counts the members of a list that starts at another number or is numbered in even steps. */
  public int count(Pattern pattern, int first, int step, int most) {
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
          "'%s': the %s has %s parts that are numbered like '%s', expected at most %s"
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
              "'%s': tensor '%s' of the %s has number %s, but there are %s such parts, counted"
                      .formatted(weights.path(), name, network, number, members.size())
                  + " from %s; a part is missing or the name is damaged".formatted(first),
              ErrorDetails.in(weights.path()).withTensor(name));
        });
    return members.size();
  }

  /**
   * Finds every weight that a network needs.
   *
   * @param wanted the names and shapes
   * @throws CheckpointException if one is missing or has another shape
   */
  public Map<String, Origin> resolve(Map<String, List<Long>> wanted) {
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
                "'%s': tensor '%s' of the %s has dtype %s, expected a float dtype;"
                        .formatted(weights.path(), entry.name(), network, entry.dtype().label())
                    + " files quantised like this are not supported",
                ErrorDetails.in(weights.path()).withTensor(entry.name()));
          }
          origins.put(name, new Origin(weights.fileOf(entry.name()), entry, shape));
        });
    return origins;
  }

  /** Removes dimensions of size 1: some layouts store matrices as 1×1 convolutions. */
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
