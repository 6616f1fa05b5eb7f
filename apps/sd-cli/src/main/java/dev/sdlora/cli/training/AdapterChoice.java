package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.TrainedModules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options for what is trained. */
@Heading(
    value = "What is trained",
    basic = {"--network-type", "--rank", "--alpha", "--modules", "--text-encoder"})
final class AdapterChoice {
  @Option(
      names = "--network-type",
      paramLabel = "lora|loha|lokr|ia3",
      description =
          "Kind of change of each layer; LoCon is lora with --modules convolutions. Default: lora.")
  private Optional<AdapterKind> kind = Optional.empty();

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Rank of each layer. Default: 16; sliders: 8.")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Alpha; changes are multiplied by alpha / rank. Default: the rank.")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--modules",
      paramLabel = "attention|linear|convolutions",
      description = "Layers to train. Default: linear; small models: convolutions.")
  private Optional<TrainedModules> modules = Optional.empty();

  @Option(
      names = "--text-encoder",
      description = "Also train the text encoder (both for SDXL), at half the learning rate.")
  private boolean textEncoder;

  @Option(
      names = "--conv-rank",
      paramLabel = "N",
      description = "Rank of 3x3 convolutions, with --modules convolutions. Default: --rank.")
  private Optional<Integer> convRank = Optional.empty();

  @Option(
      names = "--conv-alpha",
      paramLabel = "X",
      description = "Alpha of 3x3 convolutions. Default: --conv-rank.")
  private Optional<Double> convAlpha = Optional.empty();

  @Option(names = "--dora", description = "Train the magnitude of each output as well (DoRA).")
  private boolean dora;

  @Option(
      names = "--rs-lora",
      description = "Multiply changes by alpha / √rank (rank-stabilised LoRA).")
  private boolean stabilised;

  @Option(
      names = "--lokr-factor",
      paramLabel = "N",
      description = "Blocks of each side in LoKr. Default: -1, the divisor nearest to the root.")
  private Optional<Integer> lokrFactor = Optional.empty();

  @Option(
      names = "--rules",
      paramLabel = "LAYERS=rank:N,alpha:X,lr:X|off",
      converter = Rules.class,
      description =
          "Settings for some layers; repeatable, the first match counts. LAYERS is a block such as"
              + " IN04 or a regular expression for names such as .*attn2.*; off leaves them out;"
              + " lr is a factor.")
  private List<LayerRule> rules = new ArrayList<>();

  @Option(
      names = "--dropout",
      paramLabel = "0..1",
      description = "Share of inner values that are 0 in each step. Default: 0.")
  private Optional<Double> dropout = Optional.empty();

  @Option(
      names = "--rank-dropout",
      paramLabel = "0..1",
      description = "Share of ranks that are left out in each step. Default: 0.")
  private Optional<Double> rankDropout = Optional.empty();

  @Option(
      names = "--module-dropout",
      paramLabel = "0..1",
      description = "Share of layers that are unchanged in each step. Default: 0.")
  private Optional<Double> moduleDropout = Optional.empty();

  @Option(
      names = "--lora-plus",
      paramLabel = "X",
      description = "Factor on the learning rate of the second factor (LoRA+). Default: 1.")
  private Optional<Double> loraPlus = Optional.empty();

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      description = "Layer of SD 1.x's text encoder to read, from the end. Default: 1.")
  private Optional<Integer> clipSkip = Optional.empty();

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    console.requireBeside("--conv-rank N", "--conv-alpha");
    if (kind.orElse(AdapterKind.LORA) == AdapterKind.IA3) {
      console.refuse(
          "--network-type ia3, which has one factor for each channel",
          "--rank",
          "--alpha",
          "--conv-rank",
          "--conv-alpha",
          "--dora",
          "--rs-lora");
    }
    set("--rank", rank, trainer::rank);
    set("--alpha", alpha, trainer::alpha);
    modules.ifPresent(trainer::modules);
    trainer.textEncoder(textEncoder);
    set("--clip-skip", clipSkip, trainer::clipSkip);
    trainer.adapter(options());
  }

  private AdapterOptions options() {
    AdapterOptions[] made = {AdapterOptions.of(kind.orElse(AdapterKind.LORA))};
    set("--dora", Optional.of(dora), given -> made[0] = made[0].withDora(given));
    made[0] = made[0].withRankStabilised(stabilised);
    set(
        "--conv-rank",
        convRank,
        given -> made[0] = made[0].withConvolutions(given, convAlpha.orElse((double) given)));
    set("--lokr-factor", lokrFactor, given -> made[0] = made[0].withLokrFactor(given));
    set("--lora-plus", loraPlus, given -> made[0] = made[0].withLoraPlusRatio(given));
    set("--dropout", dropout, given -> made[0] = made[0].withDropout(given, 0, 0));
    set(
        "--rank-dropout",
        rankDropout,
        given -> made[0] = made[0].withDropout(made[0].dropout(), given, 0));
    set(
        "--module-dropout",
        moduleDropout,
        given -> {
          AdapterOptions old = made[0];
          made[0] = old.withDropout(old.dropout(), old.rankDropout(), given);
        });
    rules.forEach(rule -> made[0] = made[0].withRule(rule));
    return made[0];
  }

  static final class Rules implements ITypeConverter<LayerRule> {
    @Override
    public LayerRule convert(String text) throws Exception {
      return OptionValue.converter(RuleArgument::parse).convert(text);
    }
  }
}
