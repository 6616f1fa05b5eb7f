package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.Quantisation;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import dev.sdlora.tensors.weights.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of one network, looked up by diffusers' names. A weight may be stored under several
 * names, whole or as a part of another tensor.
 *
 * @param weights the files
 * @param prefix the prefix of its names
 * @param network its name in messages
 * @param places the names under which a weight may be stored, without the prefix; the first that
 *     exists counts, and the last is diffusers' name
 * @param diffusers whether most names are those of diffusers, for messages
 */
public record StoredNetwork(
    NetworkWeights weights,
    String prefix,
    String network,
    Function<String, List<Place>> places,
    boolean diffusers) {
  /** Upper bound, larger than any vocabulary or width. */
  private static final int MAX_SIZE = 1 << 24;

  /** Upper bound for numbered blocks, more than any network has. */
  private static final int MAX_BLOCKS = 200;

  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.\\w+");

  /** A part of a stored tensor. */
  public enum Cut {
    WHOLE(""),
    FIRST_THIRD("[to_q]", 0, 1, 3),
    SECOND_THIRD("[to_k]", 1, 2, 3),
    LAST_THIRD("[to_v]", 2, 3, 3),
    FIRST_SEVENTH("[to_q]", 0, 1, 7),
    SECOND_SEVENTH("[to_k]", 1, 2, 7),
    THIRD_SEVENTH("[to_v]", 2, 3, 7),
    LAST_FOUR_SEVENTHS("[proj_mlp]", 3, 7, 7),
    HALVES_SWAPPED(ViewNames.HALVES_SWAPPED);

    private final String suffix;
    private final int from;
    private final int to;

    /** The number of equal parts of all rows; 1 if the rows are not cut. */
    private final int parts;

    Cut(String suffix) {
      this(suffix, 0, 1, 1);
    }

    Cut(String suffix, int from, int to, int parts) {
      this.suffix = suffix;
      this.from = from;
      this.to = to;
      this.parts = parts;
    }

    private boolean isOfRows() {
      return parts > 1;
    }

    /** Whether a tensor of this shape can be cut. */
    private boolean fits(List<Long> shape) {
      return this == WHOLE
          || (!shape.isEmpty() && shape.get(0) > 0 && shape.get(0) % (isOfRows() ? parts : 2) == 0);
    }

    private List<Long> shape(List<Long> whole) {
      List<Long> part = new ArrayList<>(whole);
      if (isOfRows()) {
        part.set(0, whole.get(0) / parts * (to - from));
      }
      return part;
    }

    private TensorView view(TensorFile file, TensorEntry entry) {
      String name = entry.name() + suffix;
      if (!isOfRows()) {
        return TensorView.halvesSwapped(file, entry, name);
      }
      long rows = entry.shape().get(0) / parts;
      return TensorView.rows(file, entry, name, from * rows, (to - from) * rows);
    }
  }

  /**
   * A place in which a weight may be stored.
   *
   * @param name the name of the tensor
   * @param cut the part of it
   */
  public record Place(String name, Cut cut) {
    public static Place whole(String name) {
      return new Place(name, Cut.WHOLE);
    }
  }

  private record Found(TensorEntry entry, Cut cut) {}

  private Optional<Found> find(String name) {
    for (Place place : places.apply(name)) {
      Optional<TensorEntry> entry = weights.find(prefix + place.name());
      if (entry.isPresent()) {
        return Optional.of(new Found(entry.get(), place.cut()));
      }
    }
    return Optional.empty();
  }

  /**
   * Checks that the network is not in a quantised format that is not supported.
   *
   * @param settings its settings; missing if there are none
   * @throws CheckpointException if it is
   */
  void requireSupported(JsonNode settings) {
    Quantisation.refuse(weights, prefix, network, settings);
  }

  /** Whether the network has a weight. */
  public boolean has(String name) {
    return find(name).isPresent();
  }

  /**
   * Returns the size on which most of some weights agree, so that one wrong tensor does not
   * determine the network's shape.
   *
   * @param dimension the index of the dimension in each weight
   * @throws CheckpointException if none exists, or the size is out of range
   */
  public long common(int dimension, String... candidates) {
    Map<Long, Integer> votes = new TreeMap<>();
    for (String name : candidates) {
      find(name)
          .filter(found -> found.entry().shape().size() > dimension)
          .filter(found -> found.cut().fits(found.entry().shape()))
          .ifPresent(
              found ->
                  votes.merge(
                      found.cut().shape(found.entry().shape()).get(dimension), 1, Integer::sum));
    }
    long size =
        votes.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElseThrow(
                () ->
                    error(
                        inFile(candidates[0]),
                        "'%s': tensor '%s' of the %s is missing%s"
                            .formatted(
                                weights.path(), inFile(candidates[0]), network, likelyCause())));
    if (size < 1 || size > MAX_SIZE) {
      throw error(
          inFile(candidates[0]),
          "'%s': tensor '%s' of the %s has a dimension of %s, expected 1 to %s"
              .formatted(weights.path(), inFile(candidates[0]), network, size, MAX_SIZE));
    }
    return size;
  }

  /**
   * Returns the number of blocks: one more than the highest number, so that a gap is missing
   * tensors.
   *
   * @param pattern matches the beginnings of names without the prefix; its first group is the
   *     number
   */
  public int blocks(String pattern) {
    Pattern block = Pattern.compile(Pattern.quote(prefix) + "(?:" + pattern + ")");
    int blocks = 0;
    for (String name : weights.names()) {
      Matcher matcher = block.matcher(name);
      if (matcher.lookingAt()) {
        String number = matcher.group(1);
        if (number.length() > 4 || Integer.parseInt(number) >= MAX_BLOCKS) {
          throw error(
              name,
              "'%s': tensor '%s' of the %s has number %s, expected at most %s; the name is probably damaged"
                  .formatted(weights.path(), name, network, number, MAX_BLOCKS - 1));
        }
        blocks = Math.max(blocks, 1 + Integer.parseInt(number));
      }
    }
    return blocks;
  }

  /**
   * Finds every weight that the network needs.
   *
   * @param wanted the names and shapes
   * @throws CheckpointException if some are missing, or one has another shape or no floating-point
   *     dtype
   */
  public Map<String, Origin> resolve(Map<String, List<Long>> wanted) {
    requireComplete(wanted);
    Map<TensorFile, List<TensorView>> views = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          Found found = find(name).orElseThrow();
          requireShape(found, shape);
          if (found.cut() != Cut.WHOLE) {
            TensorFile file = weights.fileOf(found.entry().name());
            views
                .computeIfAbsent(file, each -> new ArrayList<>())
                .add(found.cut().view(file, found.entry()));
          }
        });
    Map<TensorFile, TensorFile> files = new HashMap<>();
    views.forEach((file, some) -> files.put(file, file.with(some)));
    Map<String, Origin> origins = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          Found found = find(name).orElseThrow();
          TensorFile stored = weights.fileOf(found.entry().name());
          TensorFile file = files.getOrDefault(stored, stored);
          TensorEntry entry = file.find(found.entry().name() + found.cut().suffix).orElseThrow();
          origins.put(name, new Origin(file, entry, shape));
        });
    return origins;
  }

  private void requireComplete(Map<String, List<Long>> wanted) {
    List<String> missing = wanted.keySet().stream().filter(name -> !has(name)).toList();
    if (!missing.isEmpty()) {
      String first = missing.get(0);
      throw error(
          inFile(first),
          missing.size() == 1
              ? "'%s': tensor '%s' of the %s is missing, expected shape %s%s"
                  .formatted(
                      weights.path(), inFile(first), network, wanted.get(first), likelyCause())
              : "'%s': %s of the %s tensors of the %s are missing, from '%s' to '%s'%s"
                  .formatted(
                      weights.path(),
                      missing.size(),
                      wanted.size(),
                      network,
                      inFile(first),
                      inFile(missing.get(missing.size() - 1)),
                      likelyCause()));
    }
  }

  private String likelyCause() {
    return SHARD.matcher(weights.path().toString()).matches()
        ? "; it is one of several files, so name their folder or index instead"
        : "; the file is probably incomplete";
  }

  private void requireShape(Found found, List<Long> shape) {
    TensorEntry entry = found.entry();
    boolean same =
        found.cut().fits(entry.shape())
            && withoutOnes(found.cut().shape(entry.shape())).equals(withoutOnes(shape));
    if (!same) {
      List<Long> expected = new ArrayList<>(shape);
      if (found.cut().isOfRows()) {
        expected.set(0, shape.get(0) / (found.cut().to - found.cut().from) * found.cut().parts);
      }
      throw error(
          entry.name(),
          "'%s': tensor '%s' of the %s has shape %s, expected %s"
              .formatted(weights.path(), entry.name(), network, entry.shape(), expected));
    }
    if (!entry.dtype().isFloating()) {
      throw error(
          entry.name(),
          "'%s': tensor '%s' of the %s has dtype %s, expected a float dtype; files quantised like this are not supported"
              .formatted(weights.path(), entry.name(), network, entry.dtype().label()));
    }
  }

  /** Removes dimensions of size 1: some layouts store matrices as 1×1 convolutions. */
  private static List<Long> withoutOnes(List<Long> shape) {
    return shape.stream().filter(side -> side != 1).toList();
  }

  /** Returns the name of a missing weight in the layout of the file. */
  private String inFile(String name) {
    List<Place> all = places.apply(name);
    return prefix + all.get(diffusers ? all.size() - 1 : 0).name();
  }

  private CheckpointException error(String tensor, String message) {
    return new CheckpointException(message, ErrorDetails.in(weights.path()).withTensor(tensor));
  }
}
