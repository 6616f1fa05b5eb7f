package dev.sdlora.pipeline.detail;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.tensors.torch.Closing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The detectors that requests can name: those of the application, then the ONNX files in a list of
 * folders. Folders are read at each request; a file is opened on first use and stays open. {@link
 * #close} closes only what was opened here. Thread-safe.
 */
public final class Detectors implements AutoCloseable {
  private static final Pattern EXTENSION = Pattern.compile("(?i)\\.(?:pt|onnx)$");
  private static final String ONNX = ".onnx";

  private final List<Detector> given;
  private final List<Path> folders;
  private final Function<Path, Detector> opener;
  private final Map<Path, Detector> opened = new LinkedHashMap<>();
  private boolean closed;

  /**
   * Creates a list of detectors.
   *
   * @param given the detectors of the application, which closes them
   * @param opener opens a file
   * @throws CheckpointException if a folder is none
   */
  public Detectors(List<Detector> given, List<Path> folders, Function<Path, Detector> opener) {
    this.given = List.copyOf(given);
    this.folders = List.copyOf(folders);
    this.opener = opener;
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new CheckpointException(
            "detector directory '" + folder + "' is not a folder", ErrorDetails.in(folder));
      }
    }
  }

  /** A detector that a request names. */
  public final class Named {
    private final String name;
    private final Optional<Detector> detector;
    private final Optional<Path> file;

    private Named(Detector detector) {
      this.name = detector.name();
      this.detector = Optional.of(detector);
      this.file = Optional.empty();
    }

    private Named(Path file) {
      this.name = stem(String.valueOf(file.getFileName()));
      this.detector = Optional.empty();
      this.file = Optional.of(file);
    }

    /** Returns the detector's own name, or that of its file. */
    public String name() {
      return name;
    }

    /**
     * Returns the detector; opens its file on first use.
     *
     * @throws CheckpointException if the file holds another kind of network
     * @throws IllegalStateException if sd-onnx or ONNX Runtime is missing
     */
    public Detector open() {
      return detector.orElseGet(() -> opened(file.orElseThrow()));
    }
  }

  private synchronized Detector opened(Path file) {
    if (closed) {
      throw new IllegalStateException("the pipeline is closed");
    }
    return opened.computeIfAbsent(file, opener);
  }

  /**
   * Finds a detector. The extensions {@code .pt} and {@code .onnx} and case are ignored.
   *
   * @param name the name of a detector of the application, the name of a file, or the beginning of
   *     one name only
   * @throws StableDiffusionException if there is none, or the beginning is that of several
   */
  public Named find(String name) {
    String wanted = key(name);
    List<Named> all = all();
    Optional<Named> exact = all.stream().filter(each -> key(each.name).equals(wanted)).findFirst();
    if (exact.isPresent()) {
      return exact.get();
    }
    List<Named> near =
        wanted.isEmpty()
            ? List.of()
            : all.stream().filter(each -> key(each.name).startsWith(wanted)).toList();
    if (near.stream().map(each -> key(each.name)).distinct().count() == 1) {
      return near.get(0);
    }
    throw near.isEmpty() ? unknown(name, all) : ambiguous(name, near);
  }

  /** Returns all names: those of the application, then those of the files. */
  public List<String> names() {
    return names(all());
  }

  private List<Named> all() {
    List<Named> all = new ArrayList<>();
    given.forEach(detector -> all.add(new Named(detector)));
    files(ONNX).forEach(file -> all.add(new Named(file)));
    return all;
  }

  private List<Path> files(String extension) {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside
            .filter(
                file ->
                    String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(extension))
            .sorted(Comparator.naturalOrder())
            .forEach(files::add);
      } catch (IOException | UncheckedIOException e) {
        throw new CheckpointException(
            "detector directory '" + folder + "' cannot be read: " + e.getMessage(),
            ErrorDetails.in(folder),
            e);
      }
    }
    return files;
  }

  private StableDiffusionException unknown(String name, List<Named> all) {
    List<String> known = names(all);
    boolean isPyTorch =
        files(".pt").stream()
            .anyMatch(file -> key(String.valueOf(file.getFileName())).equals(key(name)));
    String reason =
        isPyTorch
            ? "its file is for PyTorch; export it to ONNX with 'yolo export format=onnx'"
            : known.isEmpty()
                ? "the pipeline has no detectors; add one with Pipeline.builder().detector or"
                    + " detectorDirectory (--detector-dir)"
                : "the pipeline has '%s'%s"
                    .formatted(
                        String.join("', '", known),
                        Nearest.question(EXTENSION.matcher(name).replaceFirst(""), known));
    return new StableDiffusionException(
        "unknown detector '%s'; %s".formatted(name, reason),
        ErrorDetails.NONE.withName(name).withKnownNames(known));
  }

  private static StableDiffusionException ambiguous(String name, List<Named> near) {
    List<String> names = names(near);
    return new StableDiffusionException(
        "several detectors begin with '%s': '%s'; use one of these names"
            .formatted(name, String.join("', '", names)),
        ErrorDetails.NONE.withName(name).withKnownNames(names));
  }

  private static List<String> names(List<Named> all) {
    return all.stream().map(Named::name).distinct().toList();
  }

  private static String key(String name) {
    return stem(name.strip()).toLowerCase(Locale.ROOT);
  }

  private static String stem(String name) {
    return EXTENSION.matcher(name).replaceFirst("");
  }

  @Override
  public void close() {
    List<Detector> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(opened.values());
      opened.clear();
    }
    Closing.all(all, Detector::close);
  }
}
