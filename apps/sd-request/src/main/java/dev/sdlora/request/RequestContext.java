package dev.sdlora.request;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.value.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What there is for requests to name. Names are looked up in lists of what lies in the folders and
 * are never made into paths, unless the offer says so.
 *
 * @param pipeline with its LoRAs and embeddings
 * @param upscalerFolders for images that are only enlarged
 * @param controlNetFolders whose files requests can name
 * @param styles that requests can name
 * @param images that requests can name
 * @param limits of a request
 * @param paths whether LoRAs and ControlNets can also be named by their paths, and LoRAs by where
 *     they are published: for requests of those whose machine this is
 * @param ignoreScripts whether scripts of A1111 that do not exist here are warnings, not errors
 */
public record RequestContext(
    Pipeline pipeline,
    List<Path> upscalerFolders,
    List<Path> controlNetFolders,
    List<Style> styles,
    References images,
    RequestLimits limits,
    boolean paths,
    boolean ignoreScripts) {

  /** A single letter is a drive of Windows. */
  private static final Pattern REFERENCE = Pattern.compile("[a-z][a-z0-9+.-]+:(?s:.*)");

  /** The upscalers by name. */
  public Map<String, Path> upscalers() {
    return files(upscalerFolders);
  }

  /** The names of the upscalers that enlarge images: those that need no file come first. */
  public List<String> upscalerNames() {
    return Stream.concat(builtIn(false), upscalers().keySet().stream()).toList();
  }

  /** The names of the upscalers that enlarge latents. */
  public List<String> latentUpscalerNames() {
    return builtIn(true).toList();
  }

  private static Stream<String> builtIn(boolean latent) {
    return Upscaler.builtIn().stream()
        .filter(upscaler -> upscaler.isLatent() == latent)
        .map(Upscaler::name);
  }

  /** The ControlNets and T2I-Adapters by name. */
  public Map<String, Path> controlNets() {
    return files(controlNetFolders);
  }

  private static Map<String, Path> files(List<Path> folders) {
    Map<String, Path> files = new TreeMap<>();
    for (Path folder : folders) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside
            .filter(RequestContext::isModel)
            .sorted()
            .forEach(file -> files.put(stem(file), file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static boolean isModel(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".safetensors") || name.endsWith(".pth") || name.endsWith(".pt");
  }

  private static String stem(Path file) {
    return stem(file.getFileName().toString());
  }

  /** A name without folders and extension, as clients send what they were shown. */
  public static String stem(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    return last.replaceFirst("(?i)\\.(safetensors|ckpt|pth?)$", "");
  }

  /** A LoRA by its name. */
  public LoraAdapter lora(String name) {
    return paths && isElsewhere(name) ? LoraAdapter.open(name) : pipeline.loras().find(stem(name));
  }

  /** A ControlNet or T2I-Adapter by its name. */
  public Path controlNet(String name) {
    Map<String, Path> networks = controlNets();
    Path network = networks.get(stem(name.replaceFirst("\\s*\\[[0-9a-fA-F]*]$", "")));
    if (network != null) {
      return network;
    }
    if (paths && isElsewhere(name)) {
      return Path.of(name);
    }
    throw new IllegalArgumentException(
        "there is no ControlNet '%s'; there are %s%s"
            .formatted(name, networks.keySet(), Nearest.question(name, networks.keySet())));
  }

  /** Whether it is the path of a file, or a reference such as {@code hf:owner/repo/file}. */
  private static boolean isElsewhere(String name) {
    try {
      return REFERENCE.matcher(name).matches() || Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The style of a name. */
  public Style style(String name) {
    List<String> names = styles.stream().map(Style::name).toList();
    return styles.stream()
        .filter(style -> style.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no style '%s'; there are %s%s"
                        .formatted(name, names, Nearest.question(name, names))));
  }

  /** Refuses another model than the one that runs. */
  public void requireCheckpoint(String field, String name) {
    String own = pipeline.checkpoint().name();
    if (!isOf(name, own)) {
      throw new FieldException(
          field,
          "field '%s' names the model '%s'; '%s' alone runs here".formatted(field, name, own));
    }
  }

  /** Whether a name is that of the checkpoint that runs. */
  public boolean isCheckpoint(String name) {
    return isOf(name, pipeline.checkpoint().name());
  }

  /** Refuses another refiner than the one that runs. */
  void requireRefiner(String field, String name) {
    Optional<String> own = pipeline.refiner().map(Checkpoint::name);
    if (own.filter(refiner -> isOf(name, refiner)).isEmpty()) {
      throw new FieldException(
          field,
          "field '%s' names the refiner '%s'; %s"
              .formatted(
                  field,
                  name,
                  own.map(refiner -> "'" + refiner + "' alone runs here")
                      .orElse("no refiner was loaded (--refiner)")));
    }
  }

  /** Whether a client means a model, whose hash in brackets may follow its name. */
  private static boolean isOf(String name, String model) {
    return stem(name.replaceFirst("\\s*\\[[0-9a-fA-F]*]$", "")).equals(model);
  }
}
