package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.model.LoraCurve;
import dev.sdlora.cli.model.LoraReference;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.request.FewStepsChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options that describe the image, named as in {@link PromptSpec}. */
@Heading(
    value = "Prompt and image",
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
public final class ImageOptions {
  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description =
          "Prompt, in A1111's syntax: (stronger:1.2), [weaker], <lora:name:0.8>. Same as --prompt.")
  private List<String> words = List.of();

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description =
          "Prompt, in A1111's syntax: (stronger:1.2), [weaker], <lora:name:0.8>. Required without"
              + " --from.")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = "--lora",
      paramLabel = LoraReference.LABEL,
      description =
          "LoRA to apply: a file, a name in --lora-dir or a published file such as civitai:16576"
              + " (see sd get); repeatable. Prompts can also name LoRAs in that folder. Default"
              + " weight: 1.")
  private List<String> loras = new ArrayList<>();

  @Option(
      names = "--lora-curve",
      paramLabel = "NAME=POINTS",
      description =
          "U-Net strength of a LoRA over the steps, as position:strength pairs: 0:1,0.5:0.2,1:0 by"
              + " fraction of the steps, or sigma5:1,sigma1:0 by noise level. NAME is a --lora or"
              + " adds another, by file or name; repeatable.")
  private List<LoraCurve> curves = new ArrayList<>();

  @Option(
      names = "--few-steps",
      paramLabel = "METHOD[:N]",
      description =
          "Few-step sampling with a LoRA or checkpoint made for it; sets sampler, schedule,"
              + " guidance and steps as its authors recommend. One of lcm, lightning, hyper, tcd,"
              + " pcm, turbo.")
  private Optional<FewStepsChoice> fewSteps = Optional.empty();

  @Option(
      names = {"--from", "--from-png"},
      paramLabel = "FILE",
      description =
          "Image to take the settings from, a PNG, JPEG or WebP of this program, A1111, ComfyUI,"
              + " Fooocus, InvokeAI, NovelAI or SwarmUI; other options override them. Its LoRAs,"
              + " embeddings, model and VAE are found in the folders by hash, under any name.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--get",
      description =
          "With --from: download the image's missing LoRAs from Civitai, by hash, into the first"
              + " --lora-dir.")
  private boolean get;

  private final SettingOptions<PromptSpec, PromptSpec.Builder> settings =
      SettingOptions.of(
              Settings.SPEC,
              "negativePrompt",
              "size",
              "steps",
              "sampler",
              "schedule",
              "cfgScale",
              "seed",
              "rng",
              "images",
              "clipSkip",
              "loraMode",
              "lenient")
          .shortName("--negative", "-n")
          .form("--sampler", SamplerArgument::parse, ImageOptions::sampler);

  @Mixin private final RegionOptions regions = new RegionOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final HiresOptions hires = new HiresOptions();
  @Mixin private final DetailOptions details = new DetailOptions();
  @Mixin private final ReadingOptions reading = new ReadingOptions();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final FasterOptions faster = new FasterOptions();
  @Mixin private final VariationOptions variation = new VariationOptions();
  @Mixin private final NetworkOptions networks = new NetworkOptions();
  @Mixin private final FamilyOptions family = new FamilyOptions();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    settings.addTo(command, ImageOptions.class);
  }

  /**
   * Returns the settings that the options describe.
   *
   * @param model finds LoRAs by name, and the files of the image given by {@code --from}
   * @param console shows warnings about missing files
   * @throws IllegalArgumentException if a value is invalid; the message names the option
   */
  public PromptSpec toSpec(ModelOptions model, Console console) {
    if (prompt.isPresent() && !words.isEmpty()) {
      throw new IllegalArgumentException(
          "the prompt is given twice, by --prompt and as '%s'; put a prompt of several words in quotes"
              .formatted(String.join(" ", words)));
    }
    if (prompt.isEmpty() && words.isEmpty() && from.isEmpty()) {
      throw new IllegalArgumentException(
          "missing prompt: pass it in quotes or with --prompt, or pass an image that contains one"
              + " with --from");
    }
    console.requireBeside("--from FILE", "--get");
    Optional<PromptSpec> recorded =
        from.map(PromptSpec::fromImage).map(read -> model.recover(read, get, console));
    PromptSpec.Builder spec =
        recorded
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
    set("--few-steps", fewSteps, few -> few.applyTo(spec));
    settings.set(spec);
    regions.applyTo(spec, console);
    source.applyTo(spec, recorded.map(PromptSpec::otherParameters).orElse(Map.of()), console);
    hires.applyTo(spec, console);
    details.applyTo(spec, console);
    reading.applyTo(spec, console);
    sampling.applyTo(spec, console);
    faster.applyTo(spec, console);
    variation.applyTo(spec, console);
    networks.applyTo(spec, console);
    family.applyTo(spec, model.hasRefiner(), console);
    return spec.build();
  }

  private static void sampler(PromptSpec.Builder spec, SamplerArgument argument) {
    spec.sampler(argument.sampler());
    argument.schedule().ifPresent(spec::schedule);
  }
}
