package dev.sdlora.cli;

import static dev.sdlora.cli.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.NamedSampler;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that say what the image should be, named as in {@link PromptSpec}. */
@Heading(
    value = "What to draw",
    basic = {
      "--negative",
      "--lora",
      "--steps",
      "--sampler",
      "--schedule",
      "--cfg",
      "--seed",
      "--size",
      "--images",
      "--clip-skip",
      "--from"
    })
final class ImageOptions {
  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description =
          "What to show, in A1111's syntax: (stronger:1.2), [weaker], <lora:name:0.8>. Also"
              + " --prompt.")
  private List<String> words = List.of();

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description =
          "What to show, in A1111's syntax: (stronger:1.2), [weaker], <lora:name:0.8>."
              + " Required unless --from is given.")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = {"-n", "--negative"},
      paramLabel = "TEXT",
      description = "What not to show, in the syntax of the prompt. Default: nothing.")
  private Optional<String> negative = Optional.empty();

  @Option(
      names = "--lora",
      paramLabel = LoraReference.LABEL,
      description =
          "LoRA to draw with, a file, the name of one in --lora-dir, or where it is published,"
              + " civitai:16576 (sd get); repeatable. Prompts can name"
              + " those of folders themselves. Default weight: 1.")
  private List<String> loras = new ArrayList<>();

  @Option(
      names = "--lora-curve",
      paramLabel = "NAME=POINTS",
      description =
          "Strength of a LoRA in the U-Net on the way from noise to picture: place:strength pairs,"
              + " 0:1,0.5:0.2,1:0 by share of the steps or sigma5:1,sigma1:0 by noise level. Of one"
              + " given by --lora, or of another, file or name, which it adds; repeatable.")
  private List<LoraCurve> curves = new ArrayList<>();

  @Option(
      names = "--few-steps",
      paramLabel = "METHOD[:N]",
      description =
          "Draw in few steps with a LoRA or checkpoint made for it: sampler, schedule, guidance and"
              + " steps as its authors say. One of lcm, lightning, hyper, tcd, pcm, turbo.")
  private Optional<FewStepsArgument> fewSteps = Optional.empty();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Sampling steps. Default: the model's own, else 20.")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description =
          "Any of A1111's, also as 'DPM++ 2M Karras'. Default: the model's own, else DPM++ 2M.")
  private Optional<NamedSampler> sampler = Optional.empty();

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "Any of A1111's, such as Karras, or Trailing. Default: Automatic, the sampler's own"
              + " choice.")
  private Optional<Schedule> schedule = Optional.empty();

  @Option(
      names = "--cfg",
      paramLabel = "SCALE",
      description = "Guidance scale. Default: the model's own, else 7.")
  private Optional<Double> cfg = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first picture; the next ones count up. Default: random.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--rng",
      paramLabel = "nv|cpu",
      description =
          "Random numbers as NVIDIA GPUs draw them (A1111) or as PyTorch does on a CPU"
              + " (ComfyUI). Default: nv.")
  private Optional<Rng> rng = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Width and height in pixels, multiples of 8. Default: the model's own.")
  private Optional<ImageSize> size = Optional.empty();

  @Option(names = "--images", paramLabel = "N", description = "How many pictures. Default: 1.")
  private Optional<Integer> images = Optional.empty();

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      description =
          "Text encoder layer to read, counted from the end. Default: the model's own, else 1.")
  private Optional<Integer> clipSkip = Optional.empty();

  @Option(
      names = "--lora-mode",
      paramLabel = "auto|patched|overlay",
      description =
          "Whether LoRAs are patched into the weights or overlaid. Default: auto, which patches"
              + " when there is one request at a time.")
  private Optional<LoraMode> loraMode = Optional.empty();

  @Option(
      names = "--lenient",
      description = "Leave LoRAs out that cannot be used, with a warning, instead of failing.")
  private boolean lenient;

  @Option(
      names = {"--from", "--from-png"},
      paramLabel = "FILE",
      description =
          "Start from the settings in a PNG, JPEG or WebP of this program, A1111, ComfyUI, Fooocus,"
              + " InvokeAI, NovelAI or SwarmUI; other options override them. Its LoRAs, embeddings,"
              + " model and VAE are found in the folders by their hashes, whatever they are"
              + " called.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--get",
      description =
          "With --from: get LoRAs of the picture that are missing from Civitai, by their hashes,"
              + " into the first --lora-dir.")
  private boolean get;

  @Mixin private final RegionOptions regions = new RegionOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final HiresOptions hires = new HiresOptions();
  @Mixin private final ReadingOptions reading = new ReadingOptions();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final FasterOptions faster = new FasterOptions();
  @Mixin private final VariationOptions variation = new VariationOptions();
  @Mixin private final NetworkOptions networks = new NetworkOptions();
  @Mixin private final FamilyOptions family = new FamilyOptions();

  /**
   * The settings that the options describe.
   *
   * @param model finds LoRAs by their names, and the files of the image that is started from
   * @param console is told what of these is not there
   * @throws IllegalArgumentException if one makes no sense; the message names the option
   */
  PromptSpec toSpec(ModelOptions model, Console console) {
    if (prompt.isPresent() && !words.isEmpty()) {
      throw new IllegalArgumentException(
          "the prompt is given twice, by --prompt and as '%s'; put a prompt of several words in quotes"
              .formatted(String.join(" ", words)));
    }
    if (prompt.isEmpty() && words.isEmpty() && from.isEmpty()) {
      throw new IllegalArgumentException(
          "missing prompt: give it in quotes or by --prompt, or give an image that has one by"
              + " --from");
    }
    console.requireBeside("--from FILE", "--get");
    PromptSpec.Builder spec =
        from.map(PromptSpec::fromImage)
            .map(read -> model.recover(read, get, console))
            .map(PromptSpec::toBuilder)
            .orElseGet(() -> model.open(console).defaults().toBuilder());
    prompt.ifPresent(spec::prompt);
    if (!words.isEmpty()) {
      spec.prompt(String.join(" ", words));
    }
    LoraCurve.draw(
            loras.stream()
                .map(lora -> LoraReference.openWeighted(lora, model.loraFolders(), console))
                .toList(),
            curves,
            name -> LoraReference.open(name, model.loraFolders(), console))
        .forEach(spec::lora);
    negative.ifPresent(spec::negativePrompt);
    set("--few-steps", fewSteps, few -> few.applyTo(spec));
    set("--steps", steps, spec::steps);
    sampler.map(NamedSampler::sampler).ifPresent(spec::sampler);
    sampler.flatMap(NamedSampler::schedule).ifPresent(spec::schedule);
    schedule.ifPresent(spec::schedule);
    set("--cfg", cfg, spec::cfgScale);
    seed.ifPresent(spec::seed);
    rng.ifPresent(spec::rng);
    size.ifPresent(spec::size);
    set("--images", images, spec::images);
    set("--clip-skip", clipSkip, spec::clipSkip);
    loraMode.ifPresent(spec::loraMode);
    if (lenient) {
      spec.lenient(true);
    }
    regions.applyTo(spec, console);
    source.applyTo(spec, console);
    hires.applyTo(spec, console);
    reading.applyTo(spec);
    sampling.applyTo(spec);
    faster.applyTo(spec, console);
    variation.applyTo(spec, console);
    networks.applyTo(spec, console);
    family.applyTo(spec, model.hasRefiner(), console);
    return spec.build();
  }
}
