package dev.sdlora.training.recipe;

import dev.sdlora.api.value.Decimals;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.TrainedModules;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The network module and its arguments with which kohya's trainer makes an adapter of this kind:
 * its own module for LoRA, LyCORIS for everything else.
 */
public record NetworkArguments(AdapterSettings adapter) {
  private static final String TRUE = "True";

  /** The name of the Python module. */
  public String module() {
    return isLycoris() ? "lycoris.kohya" : "networks.lora";
  }

  private boolean isLycoris() {
    AdapterOptions options = adapter.options();
    return options.kind() != AdapterKind.LORA || options.dora() || options.rankStabilised();
  }

  /** The arguments that differ from the defaults, by their names in that module. */
  public Map<String, String> arguments() {
    AdapterOptions options = adapter.options();
    Map<String, String> arguments = new LinkedHashMap<>();
    if (isLycoris()) {
      arguments.put("algo", options.kind().name().toLowerCase(Locale.ROOT));
      arguments.put("preset", preset(options.kind()));
    }
    if (adapter.modules() == TrainedModules.CONVOLUTIONS && options.kind() != AdapterKind.IA3) {
      arguments.put("conv_dim", Integer.toString(options.convolutionRank().orElse(adapter.rank())));
      arguments.put(
          "conv_alpha", Decimals.text(options.convolutionAlpha().orElse(adapter.alpha())));
    }
    if (options.kind() == AdapterKind.LOKR) {
      arguments.put("factor", Integer.toString(options.lokrFactor()));
    }
    if (options.dora()) {
      arguments.put("dora_wd", TRUE);
    }
    if (options.rankStabilised()) {
      arguments.put("rs_lora", TRUE);
    }
    putUnless(0, options.dropout(), "dropout", arguments);
    putUnless(0, options.rankDropout(), "rank_dropout", arguments);
    putUnless(0, options.moduleDropout(), "module_dropout", arguments);
    putUnless(1, options.loraPlusRatio(), "loraplus_lr_ratio", arguments);
    return arguments;
  }

  private String preset(AdapterKind kind) {
    if (kind == AdapterKind.IA3) {
      return "ia3";
    }
    return switch (adapter.modules()) {
      case ATTENTION -> "attn-only";
      case LINEAR -> "attn-mlp";
      case CONVOLUTIONS -> "full";
    };
  }

  private static void putUnless(
      double usual, double value, String name, Map<String, String> arguments) {
    if (value != usual) {
      arguments.put(name, Decimals.text(value));
    }
  }
}
