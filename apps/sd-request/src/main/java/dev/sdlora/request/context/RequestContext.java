package dev.sdlora.request.context;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
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
 * The models, styles and images that requests can name. Names are looked up in folder listings and
 * are never made into paths, unless {@code paths} is set. Each request has a context of its own,
 * {@link #chosenBy}, with the checkpoint that it chose.
 *
 * @param models the checkpoints with their pipelines, LoRAs and embeddings
 * @param chosen the checkpoint that a request chose; empty for the current one at any time
 * @param upscalerFolders folders of upscaler models
 * @param controlNetFolders folders of ControlNets and T2I-Adapters
 * @param styles the styles; a list that may grow at any time
 * @param images the images that requests can refer to
 * @param limits limits of a request
 * @param paths whether LoRAs and ControlNets can also be named by path, and LoRAs by a reference to
 *     where they are published; only for requests from the owner of the machine
 * @param ignoreScripts whether an unknown A1111 script is a warning instead of an error
 */
public record RequestContext(
    Models models,
    Optional<Model> chosen,
    List<Path> upscalerFolders,
    List<Path> controlNetFolders,
    List<Style> styles,
    References images,
    RequestLimits limits,
    boolean paths,
    boolean ignoreScripts) {

  /** A single letter before the colon is a Windows drive. */
  private static final Pattern REFERENCE = Pattern.compile("[a-z][a-z0-9+.-]+:(?s:.*)");

  /** Creates a context with a single checkpoint. */
  public RequestContext(
      Pipeline pipeline,
      List<Path> upscalerFolders,
      List<Path> controlNetFolders,
      List<Style> styles,
      References images,
      RequestLimits limits,
      boolean paths,
      boolean ignoreScripts) {
    this(
        Models.only(pipeline),
        Optional.empty(),
        upscalerFolders,
        controlNetFolders,
        styles,
        images,
        limits,
        paths,
        ignoreScripts);
  }

  /** Returns the chosen checkpoint, else the current one. */
  public Model model() {
    return chosen.orElseGet(models::current);
  }

  /**
   * Returns the pipeline of {@link #model}. Drawing with it loads the weights if necessary; its
   * other methods never do.
   */
  public Pipeline pipeline() {
    return model().pipeline();
  }

  /** Returns all checkpoints, without loading any; the current one first. */
  public List<Model> checkpoints() {
    return models.list();
  }

  /**
   * Returns the context of another checkpoint.
   *
   * @param checkpoint its name or hash, as {@link Models#find} accepts it
   * @throws IllegalArgumentException if there is none of this name
   */
  public RequestContext of(String checkpoint) {
    return with(
        models
            .find(checkpoint)
            .orElseThrow(() -> new IllegalArgumentException(unknown(checkpoint))));
  }

  /** Returns the context with other images that requests can refer to. */
  public RequestContext withImages(References others) {
    return with(chosen, others);
  }

  /** Returns the context of a checkpoint. */
  public RequestContext with(Model model) {
    return with(Optional.of(model), images);
  }

  private RequestContext with(Optional<Model> otherModel, References otherImages) {
    return new RequestContext(
        models,
        otherModel,
        upscalerFolders,
        controlNetFolders,
        styles,
        otherImages,
        limits,
        paths,
        ignoreScripts);
  }

  /**
   * Returns the context of the checkpoint that a request chooses: by the field {@code checkpoint},
   * by A1111's option {@code sd_model_checkpoint} in {@code override_settings}, or by the settings
   * of an image in {@code infotext}, if that one is here. A request that chooses none gets this
   * context's checkpoint, and keeps it if another one becomes the current one meanwhile.
   *
   * @throws FieldException if there is no such checkpoint
   */
  public RequestContext chosenBy(Fields fields) {
    return chosenBy(fields, "checkpoint")
        .or(() -> chosenBy(fields.object("override_settings"), "sd_model_checkpoint"))
        .or(() -> fields.name("infotext").flatMap(this::ofImage))
        .orElseGet(() -> with(model()));
  }

  /**
   * Returns the context of the checkpoint that a field names.
   *
   * @throws FieldException if there is no such checkpoint
   */
  public Optional<RequestContext> chosenBy(Fields fields, String field) {
    return fields
        .name(field)
        .map(name -> with(models.find(name).orElseThrow(() -> unknown(field, name))));
  }

  /** Returns the context of the checkpoint with which an image was made, if it is here. */
  public Optional<RequestContext> ofImage(String infotext) {
    if (models.list().size() == 1) {
      return Optional.empty();
    }
    Map<String, String> recorded = PromptSpec.fromInfotext(infotext).otherParameters();
    return Optional.ofNullable(recorded.get("Model"))
        .flatMap(models::findKnown)
        .or(() -> Optional.ofNullable(recorded.get("Model hash")).flatMap(models::findKnown))
        .map(this::with);
  }

  /** Writes the checkpoint into the fields of a request, unless there is only one. */
  public void name(ObjectNode fields) {
    if (models.list().size() > 1) {
      fields.put("checkpoint", model().name());
    }
  }

  private FieldException unknown(String field, String name) {
    return new FieldException(
        field,
        models.list().size() == 1
            ? "field '%s' names the model '%s', but only '%s' is loaded"
                .formatted(field, name, models.current().name())
            : "field '%s': %s".formatted(field, unknown(name)));
  }

  private String unknown(String name) {
    List<String> names = models.list().stream().map(Model::name).toList();
    return "there is no checkpoint '%s'; available: %s%s"
        .formatted(name, names, Nearest.question(name, names));
  }

  /** Returns the upscalers by name. */
  public Map<String, Path> upscalers() {
    return files(upscalerFolders);
  }

  /** Returns the names of the upscalers for images, beginning with those that need no file. */
  public List<String> upscalerNames() {
    return Stream.concat(builtIn(false), upscalers().keySet().stream()).toList();
  }

  /** Returns the names of the upscalers for latents. */
  public List<String> latentUpscalerNames() {
    return builtIn(true).toList();
  }

  private static Stream<String> builtIn(boolean latent) {
    return Upscaler.builtIn().stream()
        .filter(upscaler -> upscaler.isLatent() == latent)
        .map(Upscaler::name);
  }

  /** Returns the ControlNets, T2I-Adapters and IP-Adapters by name. */
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
            .forEach(file -> files.put(stem(file.getFileName().toString()), file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /** Returns the names of those {@link #controlNets} that are IP-Adapters, sorted. */
  public List<String> imageAdapters() {
    return controlNets().entrySet().stream()
        .filter(network -> ImageAdapterFiles.isOne(network.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether a file may hold a network; {@code .bin} is usual for IP-Adapters alone. */
  private static boolean isModel(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".safetensors")
        || name.endsWith(".pth")
        || name.endsWith(".pt")
        || (name.endsWith(".bin") && ImageAdapterFiles.isOne(file));
  }

  /** Returns a name without folders and extension; clients send names as they were listed. */
  public static String stem(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    return last.replaceFirst("(?i)\\.(safetensors|ckpt|pth?|bin)$", "");
  }

  /** Returns the stem of a name to which clients may append a hash in brackets. */
  private static String withoutHash(String name) {
    return stem(name.replaceFirst("\\s*\\[[0-9a-fA-F]*]$", ""));
  }

  /** Returns the LoRA with the given name. */
  public LoraAdapter lora(String name) {
    return paths && isElsewhere(name)
        ? LoraAdapter.open(name)
        : pipeline().loras().find(stem(name));
  }

  /** Returns the ControlNet or T2I-Adapter with the given name. */
  public Path controlNet(String name) {
    Map<String, Path> networks = controlNets();
    Path network = networks.get(withoutHash(name));
    if (network != null) {
      return network;
    }
    if (paths && isElsewhere(name)) {
      return Path.of(name);
    }
    throw new IllegalArgumentException(
        "there is no ControlNet '%s'; available: %s%s"
            .formatted(name, networks.keySet(), Nearest.question(name, networks.keySet())));
  }

  /** Whether a name is the path of a file or a reference such as {@code hf:owner/repo/file}. */
  private static boolean isElsewhere(String name) {
    try {
      return REFERENCE.matcher(name).matches() || Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns the style with the given name. */
  public Style style(String name) {
    List<String> names = styles.stream().map(Style::name).toList();
    return styles.stream()
        .filter(style -> style.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no style '%s'; available: %s%s"
                        .formatted(name, names, Nearest.question(name, names))));
  }

  /**
   * Throws if a request names another model than its own.
   *
   * @param field the field, such as {@code sd_model_checkpoint}
   */
  public void requireCheckpoint(String field, String name) {
    if (!isCheckpoint(name)) {
      throw models.find(name).isEmpty()
          ? unknown(field, name)
          : new FieldException(
              field,
              "field '%s' names the model '%s', but the request uses '%s'"
                  .formatted(field, name, model().name()));
    }
  }

  /** Whether the checkpoint of this context has this name. */
  public boolean isCheckpoint(String name) {
    return Models.isNamed(name, model()) || models.find(name).filter(model()::equals).isPresent();
  }

  /** Whether the checkpoint reads reference images. */
  public boolean readsReferences() {
    Checkpoint checkpoint = pipeline().checkpoint();
    return checkpoint.family().readsReferences(checkpoint.name());
  }

  /** Returns the number that width and height of the checkpoint's images must be multiples of. */
  public int sizeMultiple() {
    return pipeline().checkpoint().family().isTransformer() ? 16 : 8;
  }

  /** Throws if a request names a refiner that is not loaded. */
  public void requireRefiner(String field, String name) {
    Optional<String> own = pipeline().refiner().map(Checkpoint::name);
    if (own.filter(withoutHash(name)::equals).isEmpty()) {
      throw new FieldException(
          field,
          "field '%s' names the refiner '%s', but %s"
              .formatted(
                  field,
                  name,
                  own.map(refiner -> "only '" + refiner + "' is loaded")
                      .orElse("no refiner is loaded (--refiner)")));
    }
  }
}
