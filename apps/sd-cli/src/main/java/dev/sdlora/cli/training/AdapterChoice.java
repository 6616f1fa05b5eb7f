package dev.sdlora.cli.training;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.setting.OptionSettings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for what is trained. */
@Heading(
    value = "What is trained",
    basic = {"--network-type", "--rank", "--alpha", "--modules", "--text-encoder"})
final class AdapterChoice {
  private final SettingOptions<AdapterOptions, Draft> kind =
      SettingOptions.of(OptionSettings.ADAPTER, "kind");

  private final TrainerOptions trained =
      new TrainerOptions("rank", "alpha", "modules", "textEncoder", "clipSkip", "fileFormat");

  private final SettingOptions<AdapterOptions, Draft> others =
      SettingOptions.allBut(OptionSettings.ADAPTER, "kind", "rules");

  @Option(
      names = "--rules",
      paramLabel = "LAYERS=rank:N,alpha:X,lr:X|off",
      converter = Rules.class,
      description =
          "Settings for some layers; repeatable, the first match counts. LAYERS is a block such as"
              + " IN04 or a regular expression for names such as .*attn2.*; off leaves them out;"
              + " lr is a factor.")
  private List<LayerRule> rules = new ArrayList<>();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    kind.addTo(command, AdapterChoice.class);
    trained.addTo(command, AdapterChoice.class);
    others.addTo(command, AdapterChoice.class);
  }

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    AdapterOptions options = kind.apply(AdapterOptions.DEFAULTS, console);
    console.requireBeside("--conv-rank N", "--conv-alpha");
    if (options.kind() == AdapterKind.IA3) {
      console.refuse(
          "--network-type ia3, which has one factor for each channel",
          "--rank",
          "--alpha",
          "--conv-rank",
          "--conv-alpha",
          "--dora",
          "--rs-lora");
    }
    trained.applyTo(trainer);
    options = others.apply(options, console);
    if (options.convolutionRank().isPresent() && options.convolutionAlpha().isEmpty()) {
      int rank = options.convolutionRank().getAsInt();
      options = options.withConvolutions(rank, rank);
    }
    for (LayerRule rule : rules) {
      options = options.withRule(rule);
    }
    trainer.adapter(options);
  }

  static final class Rules implements ITypeConverter<LayerRule> {
    @Override
    public LayerRule convert(String text) throws Exception {
      return OptionValue.converter(RuleArgument::parse).convert(text);
    }
  }
}
