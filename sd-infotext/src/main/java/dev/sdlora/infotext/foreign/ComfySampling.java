package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.infotext.foreign.ComfyGraph.Link;
import dev.sdlora.infotext.foreign.ComfyGraph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A sampler of a graph and the nodes upstream of it. A sampler that follows another one is a hires
 * fix if a node between them upscales, or a refiner if it resumes where the first one stopped.
 */
final class ComfySampling {
  /** A first pass, a second pass, and more, which a request cannot express. */
  private static final int MAX_PASSES = 8;

  private static final List<String> LATENTS =
      List.of("latent_image", "latent", "samples", "latents");

  private final ComfyGraph graph;

  /** The passes, last one first. */
  private final List<Pass> passes = new ArrayList<>();

  /**
   * A pass.
   *
   * @param sampler the node that denoises
   * @param between the nodes up to the previous pass or to the source of the latent
   */
  private record Pass(Node sampler, List<Node> between) {}

  /** Creates the passes that end in the given sampler. */
  ComfySampling(ComfyGraph graph, Node last) {
    this.graph = graph;
    Set<Node> seen = new HashSet<>();
    Optional<Node> next = Optional.of(last);
    while (next.isPresent() && seen.add(next.get()) && passes.size() < MAX_PASSES) {
      Node sampler = next.get();
      Optional<Node> latent = graph.link(sampler, LATENTS).map(Link::from);
      Optional<List<Node>> before =
          latent.flatMap(node -> graph.way(node, other -> isSampler(graph, other)));
      List<Node> source =
          before
              .or(() -> latent.flatMap(node -> graph.way(node, this::isSource)))
              .orElse(List.of());
      passes.add(new Pass(sampler, source));
      next = before.map(way -> way.get(way.size() - 1));
    }
  }

  /** Whether a node denoises: the standard samplers and nodes with the same inputs. */
  static boolean isSampler(ComfyGraph graph, Node node) {
    boolean custom = node.type().startsWith("SamplerCustom");
    boolean known = node.inputs().has("sampler_name") && node.inputs().has("steps");
    return (custom || known) && graph.link(node, LATENTS).isPresent();
  }

  int passes() {
    return passes.size();
  }

  /** Returns the size of the image, if the graph shows it. */
  Optional<ImageSize> size() {
    Optional<ImageSize> size = sizeOf(first().between());
    for (int i = passes.size() - 2; i >= 0; i--) {
      for (Node node : passes.get(i).between()) {
        size = enlarged(size, node);
      }
    }
    return size;
  }

  private Optional<ImageSize> enlarged(Optional<ImageSize> size, Node node) {
    Optional<ImageSize> given = size(graph.value(node, "width"), graph.value(node, "height"));
    double scale = graph.value(node, "scale_by").asDouble(1);
    return given.or(
        () ->
            size.flatMap(
                before -> size((long) (before.width() * scale), (long) (before.height() * scale))));
  }

  private Pass first() {
    return passes.get(passes.size() - 1);
  }

  /** Returns all settings; the image size is used if the graph shows none. */
  ForeignSettings read(Optional<ImageSize> imageSize) {
    ForeignSettings settings = new ForeignSettings(ComfyUi.PROGRAM);
    Set<Node> understood = new HashSet<>();
    boolean refined = isRefined();
    int index = refined ? passes.size() - 2 : passes.size() - 1;
    Pass base = first();
    Optional<Node> guider = graph.link(base.sampler(), "guider").map(Link::from);
    Node conditioned = guider.orElse(base.sampler());
    ComfyTexts texts = new ComfyTexts(graph, understood);
    ComfyTexts.Found positive =
        texts.read(graph.link(conditioned, List.of("positive", "conditioning")));
    ComfyTexts.Found negative = texts.read(graph.link(conditioned, "negative"));
    settings.prompts(positive.text(), negative.text());
    sampler(settings, base.sampler(), understood);
    settings.set("CFG scale", cfg(base.sampler()));
    texts.guidance().ifPresent(scale -> settings.set("Distilled CFG Scale", scale));
    new ComfyModels(graph, settings, understood)
        .read(
            graph.link(conditioned, "model"),
            positive.encoder().flatMap(encoder -> graph.link(encoder, "clip")));
    positive.encoder().ifPresent(encoder -> sizesOfSdxl(settings, encoder));
    latent(settings, base, imageSize, understood);
    if (refined) {
      refiner(settings, passes.get(passes.size() - 2).sampler());
      understood.add(passes.get(passes.size() - 2).sampler());
    }
    if (index > 0) {
      second(settings, base, passes.get(index - 1), texts, understood);
    }
    vae(settings, understood);
    settings.likeComfy();
    rest(settings, understood);
    settings.set("Version", ComfyUi.PROGRAM);
    return settings;
  }

  /** Whether the second sampler resumes where the first one stopped, with another model. */
  private boolean isRefined() {
    if (passes.size() < 2) {
      return false;
    }
    Node second = passes.get(passes.size() - 2).sampler();
    return second.type().equals("KSamplerAdvanced")
        && graph.text(second, "add_noise").equals("disable")
        && graph.value(second, "start_at_step").asInt(0) > 0;
  }

  private void refiner(ForeignSettings settings, Node second) {
    Optional<String> file = ComfyModels.file(graph, graph.link(second, "model"));
    double steps = graph.value(second, "steps").asDouble(0);
    double start = graph.value(second, "start_at_step").asDouble(0);
    if (file.isPresent() && steps > start) {
      settings.set("Refiner", ForeignSettings.stem(file.get()));
      settings.set("Refiner switch at", ForeignSettings.number(start / steps));
    }
  }

  private void sampler(ForeignSettings settings, Node sampler, Set<Node> understood) {
    understood.add(sampler);
    Names names = names(sampler, understood);
    settings.set("Steps", value(sampler, "steps", understood));
    SamplerNames.setComfy(settings, names.sampler(), names.schedule());
    settings.set("Seed", seed(sampler, understood));
  }

  private record Names(String sampler, String schedule) {}

  /** Returns the names from a sampler or from the nodes linked to it. */
  private Names names(Node sampler, Set<Node> understood) {
    return new Names(
        value(sampler, "sampler_name", understood).asText(""),
        value(sampler, "scheduler", understood).asText(""));
  }

  private JsonNode seed(Node sampler, Set<Node> understood) {
    JsonNode seed = value(sampler, "seed", understood);
    return seed.isMissingNode() ? value(sampler, "noise_seed", understood) : seed;
  }

  /** Returns a value of a sampler; SamplerCustom has parts of them in linked nodes. */
  private JsonNode value(Node sampler, String name, Set<Node> understood) {
    JsonNode own = graph.value(sampler, name);
    if (!own.isMissingNode()) {
      return own;
    }
    for (String part : List.of("sigmas", "sampler", "noise", "guider")) {
      Optional<Node> from = graph.link(sampler, part).map(Link::from);
      if (from.isPresent()) {
        JsonNode value = graph.value(from.get(), name);
        if (!value.isMissingNode()) {
          understood.add(from.get());
          return value;
        }
      }
    }
    return own;
  }

  /** Returns the guidance scale; a guider without one has no guidance. */
  private String cfg(Node sampler) {
    JsonNode cfg = value(sampler, "cfg", new HashSet<>());
    return cfg.isMissingNode()
        ? graph.link(sampler, "guider").isPresent() ? "1" : ""
        : ForeignSettings.scalar(cfg).orElse("");
  }

  private void sizesOfSdxl(ForeignSettings settings, Node encoder) {
    if (!encoder.inputs().has("text_g")) {
      return;
    }
    settings.size("Original size", graph.value(encoder, "width"), graph.value(encoder, "height"));
    settings.size(
        "Target size", graph.value(encoder, "target_width"), graph.value(encoder, "target_height"));
    for (String side : List.of("h", "w")) {
      JsonNode crop = graph.value(encoder, "crop_" + side);
      if (crop.asInt(0) > 0) {
        settings.set(side.equals("h") ? "Crop top" : "Crop left", crop);
      }
    }
    String small = graph.text(encoder, "text_l");
    if (!small.equals(graph.text(encoder, "text_g"))) {
      settings.rest("text of the smaller encoder", small);
    }
  }

  /** Reads the source of the first pass's latent: an empty latent or an image. */
  private void latent(
      ForeignSettings settings, Pass base, Optional<ImageSize> image, Set<Node> understood) {
    Optional<ImageSize> size = sizeOf(base.between());
    size.or(() -> passes.size() == 1 ? image : Optional.empty())
        .ifPresent(sides -> settings.set("Size", sides.toString()));
    for (Node node : base.between()) {
      if (isEmpty(node)) {
        understood.add(node);
        JsonNode batch = graph.value(node, "batch_size");
        if (batch.asInt(1) > 1) {
          settings.set("Batch size", batch);
        }
      }
    }
    double denoise = denoise(base.sampler());
    boolean fromImage = base.between().stream().noneMatch(ComfySampling::isEmpty);
    if (fromImage && !base.between().isEmpty()) {
      settings.set("Denoising strength", ForeignSettings.number(denoise));
    } else if (denoise < 1) {
      settings.rest("denoise", ForeignSettings.number(denoise));
    }
  }

  /** Returns the fraction of the noise levels that run, given directly or by the start step. */
  private double denoise(Node sampler) {
    double steps = value(sampler, "steps", new HashSet<>()).asDouble(0);
    double start = graph.value(sampler, "start_at_step").asDouble(0);
    return start > 0 && steps > start
        ? 1 - start / steps
        : value(sampler, "denoise", new HashSet<>()).asDouble(1);
  }

  private void second(
      ForeignSettings settings, Pass base, Pass hires, ComfyTexts texts, Set<Node> understood) {
    Node sampler = hires.sampler();
    understood.add(sampler);
    settings.set("Denoising strength", ForeignSettings.number(denoise(sampler)));
    enlargement(settings, hires, understood);
    settings.set("Hires steps", value(sampler, "steps", understood));
    Names first = names(base.sampler(), understood);
    Names names = names(sampler, understood);
    if (!names.sampler().equals(first.sampler())) {
      SamplerNames.comfy(names.sampler())
          .ifPresentOrElse(
              method -> settings.set("Hires sampler", method.label()),
              () -> settings.rest("hires sampler", names.sampler()));
    }
    if (!names.schedule().equals(first.schedule())) {
      SamplerNames.comfySchedule(names.schedule())
          .ifPresentOrElse(
              schedule -> settings.set("Hires schedule type", schedule.label()),
              () -> settings.rest("hires scheduler", names.schedule()));
    }
    if (!cfg(sampler).equals(settings.get("CFG scale"))) {
      settings.set("Hires CFG Scale", cfg(sampler));
    }
    String seed = ForeignSettings.scalar(seed(sampler, understood)).orElse("");
    if (!seed.equals(settings.get("Seed"))) {
      settings.rest("hires seed", seed);
    }
    Node conditioned = graph.link(sampler, "guider").map(Link::from).orElse(sampler);
    texts(settings, conditioned, texts);
  }

  private void texts(ForeignSettings settings, Node conditioned, ComfyTexts texts) {
    String positive =
        texts.read(graph.link(conditioned, List.of("positive", "conditioning"))).text();
    String negative = texts.read(graph.link(conditioned, "negative")).text();
    settings.hiresPrompts(positive, negative);
  }

  private void enlargement(ForeignSettings settings, Pass hires, Set<Node> understood) {
    boolean inPixels = hires.between().stream().anyMatch(node -> node.inputs().has("pixels"));
    String network = "";
    for (Node node : hires.between()) {
      JsonNode scale = graph.value(node, "scale_by");
      if (!scale.isMissingNode()) {
        settings.set("Hires upscale", scale);
      }
      if (node.inputs().has("upscale_method")) {
        settings.size("Hires resize", graph.value(node, "width"), graph.value(node, "height"));
        settings.set("Hires upscaler", upscaler(graph.text(node, "upscale_method"), inPixels));
      }
      Optional<Node> loader = graph.link(node, "upscale_model").map(Link::from);
      if (loader.isPresent()) {
        network = graph.text(loader.get(), "model_name");
        understood.add(loader.get());
      }
      if (!isSampler(graph, node)) {
        understood.add(node);
      }
    }
    if (!network.isEmpty()) {
      settings.set("Hires upscaler", ForeignSettings.stem(network));
    }
    if (!settings.has("Hires upscale") && !settings.has("Hires resize")) {
      settings.set("Hires upscale", network.isEmpty() ? "1" : "4");
      if (!settings.has("Hires upscaler")) {
        settings.set("Hires upscaler", Upscaler.LATENT.name());
      }
    }
  }

  private static String upscaler(String method, boolean inPixels) {
    return switch (method.toLowerCase(Locale.ROOT)) {
      case "nearest-exact" -> (inPixels ? Upscaler.NEAREST : Upscaler.LATENT_NEAREST_EXACT).name();
      case "bicubic" -> (inPixels ? Upscaler.LANCZOS : Upscaler.LATENT_BICUBIC).name();
      default -> (inPixels ? Upscaler.LANCZOS : Upscaler.LATENT).name();
    };
  }

  private void vae(ForeignSettings settings, Set<Node> understood) {
    for (Node node : graph.nodes()) {
      String name = graph.text(node, "vae_name");
      if (!name.isEmpty() && !settings.has("VAE")) {
        settings.vae(name);
        understood.add(node);
      }
    }
  }

  /** Records the nodes that were not understood but may have affected the image. */
  private void rest(ForeignSettings settings, Set<Node> understood) {
    for (Node node : graph.nodes()) {
      boolean plain =
          node.type().startsWith("VAE")
              || node.type().startsWith("Save")
              || node.type().startsWith("Preview")
              || node.type().endsWith("Guider")
              || node.type().equals("Note")
              || node.type().startsWith("Primitive");
      if (!plain && !understood.contains(node)) {
        settings.rest("node " + node.id(), node.type() + " " + values(node));
      }
    }
  }

  private static String values(Node node) {
    StringBuilder values = new StringBuilder();
    node.inputs()
        .properties()
        .forEach(
            input ->
                ForeignSettings.scalar(input.getValue())
                    .ifPresent(
                        value ->
                            values
                                .append(values.isEmpty() ? "" : ", ")
                                .append(input.getKey())
                                .append(' ')
                                .append(value)));
    return values.toString();
  }

  private Optional<ImageSize> sizeOf(List<Node> nodes) {
    return nodes.stream()
        .filter(ComfySampling::isEmpty)
        .flatMap(node -> size(graph.value(node, "width"), graph.value(node, "height")).stream())
        .findFirst();
  }

  private static boolean isEmpty(Node node) {
    return node.type().startsWith("Empty") && node.inputs().has("width");
  }

  private boolean isSource(Node node) {
    return isEmpty(node) || node.type().startsWith("LoadImage") || node.inputs().has("image");
  }

  private static Optional<ImageSize> size(JsonNode width, JsonNode height) {
    return size(width.asLong(0), height.asLong(0));
  }

  /** Returns the size, if a request can have it. */
  private static Optional<ImageSize> size(long width, long height) {
    boolean possible = width > 0 && height > 0 && width <= 1 << 20 && height <= 1 << 20;
    return possible && width % 8 == 0 && height % 8 == 0
        ? Optional.of(new ImageSize((int) width, (int) height))
        : Optional.empty();
  }
}
