package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checked model with a diffusion transformer: the location of each weight of its networks, and
 * the settings that tensors do not show.
 *
 * @param family the family
 * @param folder whether it is a folder instead of a file
 * @param distillation whether it was distilled to few steps
 * @param signs the evidence for the family and for distillation
 * @param transformer the transformer, with diffusers' names
 * @param textEncoders the text encoders, with transformers' names, in the order of the family
 * @param vae the autoencoder, with diffusers' names
 * @param tokenizer the folder of its tokenizer; empty if there is none
 * @param shift the shift of the schedule in scheduler_config.json; empty if there is none
 */
public record TransformerFiles(
    TransformerFamily family,
    boolean folder,
    Distillation distillation,
    List<String> signs,
    Part transformer,
    List<Part> textEncoders,
    Part vae,
    Optional<Path> tokenizer,
    OptionalDouble shift) {
  /** Names of LoRAs and ControlNets, which have some tensors of a transformer. */
  private static final Pattern ADDITION =
      Pattern.compile(
          "^control|lora_(?:down|up|[AB])\\b|[._]lora[._]|hada_w|lokr_w|\\.diff(?:_b)?$");

  /** Copies the lists. */
  public TransformerFiles {
    signs = List.copyOf(signs);
    textEncoders = List.copyOf(textEncoders);
  }

  /** Returns the name of the file or folder of the transformer, and of that of the whole model. */
  public String name() {
    Path path = transformer.path().toAbsolutePath();
    String name = String.valueOf(path.getFileName());
    Path parent = path.getParent();
    if (!folder || parent == null || parent.getParent() == null) {
      return name;
    }
    return parent.getParent().getFileName() + "/" + name;
  }

  /** Returns the first text encoder. */
  public Part textEncoder() {
    return textEncoders.get(0);
  }

  /**
   * One network.
   *
   * @param stored the tensors of its file or shards, including those of other networks
   * @param weights the location of each weight
   * @param settings its config.json in a folder; missing if there is none
   */
  public record Part(NetworkWeights stored, Map<String, Origin> weights, JsonNode settings) {
    /** Returns its file, or the index of its shards. */
    public Path path() {
      return stored.path();
    }

    /** Returns the shapes of all weights by name. */
    public Map<String, List<Long>> shapes() {
      Map<String, List<Long>> shapes = new LinkedHashMap<>();
      weights.forEach((name, origin) -> shapes.put(name, origin.shape()));
      return shapes;
    }
  }

  /**
   * Opens a file, an index of shards or a folder. Reads only headers and settings.
   *
   * @param parts networks that come from other files
   * @param known all models
   * @return the model; empty if this is not a model with a transformer
   * @throws CheckpointException if it is a transformer that this library does not run, or some of
   *     its parts or tensors are missing
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static Optional<TransformerFiles> read(
      Path path, CheckpointParts parts, Recognition known) {
    Optional<TransformerSource> source = TransformerSource.open(path, parts.variant());
    if (source.isEmpty() || isAddition(source.get())) {
      return Optional.empty();
    }
    return known
        .find(source.get().weights().tensors())
        .map(found -> read(source.get(), found, known, parts));
  }

  /**
   * Returns the family of a file, an index of shards or a folder whose denoiser is a transformer;
   * empty if this is something else. Reads only headers of the transformer.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static Optional<TransformerFamily> recognise(
      Path path, CheckpointParts parts, Recognition known) {
    return TransformerSource.open(path, parts.variant())
        .filter(source -> !isAddition(source))
        .flatMap(source -> known.find(source.weights().tensors()))
        .flatMap(KnownModel::family);
  }

  /**
   * Opens the transformer of a folder without looking for the other networks.
   *
   * @return its tensors; empty if the folder has no transformer that this library runs
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static Optional<Alone> alone(Path folder, Recognition known) {
    return TransformerSource.open(folder, Optional.empty())
        .filter(source -> !isAddition(source))
        .flatMap(
            source ->
                known
                    .find(source.weights().tensors())
                    .flatMap(KnownModel::family)
                    .map(
                        family ->
                            new Alone(
                                source.weights(),
                                Distillation.of(
                                        family,
                                        source.ofModel("model_index.json"),
                                        source.ofModel("scheduler/scheduler_config.json"),
                                        source.metadata(),
                                        source.path())
                                    .distilled())));
  }

  /**
   * A transformer without other networks.
   *
   * @param weights its tensors
   * @param distilled whether it is distilled
   */
  public record Alone(NetworkWeights weights, boolean distilled) {}

  /** All models that are recognised. */
  public interface Recognition {
    /**
     * Returns the model; empty if it is none with a transformer.
     *
     * @param tensors the tensors by name
     */
    Optional<KnownModel> find(Map<String, TensorEntry> tensors);

    /** Creates the error for a model that this library does not run. */
    CheckpointException notSupported(Path path, KnownModel known);
  }

  private static boolean isAddition(TransformerSource source) {
    return source.weights().names().stream().anyMatch(name -> ADDITION.matcher(name).find());
  }

  /** Returns the weights of a transformer; contradictions become errors about the file. */
  private static Map<String, List<Long>> wanted(
      TransformerFamily family, StoredNetwork transformer, JsonNode settings) {
    try {
      return family.denoiser().wanted(transformer, settings);
    } catch (IllegalArgumentException e) {
      Path path = transformer.weights().path();
      throw new CheckpointException(
          "'%s': %s".formatted(path, e.getMessage()), ErrorDetails.in(path), e);
    }
  }

  private static TransformerFiles read(
      TransformerSource source, KnownModel known, Recognition all, CheckpointParts parts) {
    TransformerFamily family =
        known.family().orElseThrow(() -> all.notSupported(source.path(), known));
    requireFew(source, family, parts);
    StoredNetwork transformer = family.denoiser().in(source.weights(), known.sign());
    transformer.requireSupported(source.settings());
    Part part =
        new Part(
            transformer.weights(),
            transformer.resolve(wanted(family, transformer, source.settings())),
            source.settings());
    PartPlaces.Parts others = new PartPlaces(source, family, parts).find();
    List<Part> textEncoders =
        others.textEncoders().stream()
            .map(found -> textEncoder(found.kind(), found.network(), family, part))
            .toList();
    JsonNode scheduler = source.ofModel("scheduler/scheduler_config.json");
    Distillation distillation =
        parts
            .distilled()
            .map(given -> new Distillation(given, "the setting 'distilled'"))
            .orElseGet(
                () ->
                    Distillation.of(
                        family,
                        source.ofModel("model_index.json"),
                        scheduler,
                        source.metadata(),
                        source.path()));
    JsonNode shift = scheduler.path("shift");
    return new TransformerFiles(
        family,
        Files.isDirectory(source.path()),
        distillation,
        signs(known, distillation, family, others),
        part,
        textEncoders,
        vae(others.vae(), family),
        tokenizer(source, others.textEncoders().get(0).network().weights().path()),
        shift.isNumber() ? OptionalDouble.of(shift.asDouble()) : OptionalDouble.empty());
  }

  private static List<String> signs(
      KnownModel known,
      Distillation distillation,
      TransformerFamily family,
      PartPlaces.Parts parts) {
    List<String> signs = new ArrayList<>();
    signs.add("%s: %s".formatted(known.name(), known.found()));
    signs.add(
        "%s: %s".formatted(distillation.distilled() ? "distilled" : "base", distillation.sign()));
    family.textEncoders().stream()
        .filter(kind -> parts.textEncoders().stream().noneMatch(found -> found.kind() == kind))
        .forEach(kind -> signs.add(kind.label() + ": none, so it is left out"));
    return signs;
  }

  private static void requireFew(
      TransformerSource source, TransformerFamily family, CheckpointParts parts) {
    List<Optional<Path>> given =
        List.of(parts.textEncoder(), parts.textEncoder2(), parts.textEncoder3());
    List<String> numbers = List.of("one", "two", "three");
    List<String> ordinals = List.of("first", "second", "third");
    int most = family.textEncoders().size();
    for (int i = most; i < given.size(); i++) {
      if (given.get(i).isPresent()) {
        throw new CheckpointException(
            "checkpoint '%s' is %s, which has %s text encoder%s, but '%s' was given as a %s one; expected none"
                .formatted(
                    source.path(),
                    family.label(),
                    numbers.get(most - 1),
                    most == 1 ? "" : "s",
                    given.get(i).orElseThrow(),
                    ordinals.get(i)),
            ErrorDetails.in(source.path()));
      }
    }
  }

  private static Part textEncoder(
      TextEncoderKind kind, StoredNetwork network, TransformerFamily family, Part transformer) {
    Path path = network.weights().path();
    JsonNode settings = settingsBeside(path);
    network.requireSupported(settings);
    long context =
        transformer
            .shapes()
            .getOrDefault(family.denoiser().contextReader(), List.of(0L, 0L))
            .get(1);
    Map<String, List<Long>> wanted =
        kind.wanted(network, family, settings, transformer.path(), context);
    return new Part(network.weights(), network.resolve(wanted), settings);
  }

  private static Part vae(StoredNetwork network, TransformerFamily family) {
    Path path = network.weights().path();
    JsonNode settings = settingsBeside(path);
    network.requireSupported(settings);
    return new Part(
        network.weights(), network.resolve(VaeTensors.wanted(network, family)), settings);
  }

  /** Returns the config.json next to a file with a name that diffusers or transformers give. */
  private static JsonNode settingsBeside(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean standard = name.startsWith("diffusion_pytorch_model") || name.startsWith("model.");
    return standard
        ? ModelSettings.read(file.resolveSibling("config.json"))
        : MissingNode.getInstance();
  }

  private static Optional<Path> tokenizer(TransformerSource source, Path textEncoder) {
    Path near = textEncoder.toAbsolutePath();
    return Stream.of(
            near.resolveSibling("."),
            near.resolveSibling("../tokenizer"),
            source.folder().orElse(near).resolve("tokenizer"))
        .map(Path::normalize)
        .filter(
            folder ->
                Files.exists(folder.resolve("vocab.json"))
                    || Files.exists(folder.resolve("tokenizer.json")))
        .findFirst();
  }
}
