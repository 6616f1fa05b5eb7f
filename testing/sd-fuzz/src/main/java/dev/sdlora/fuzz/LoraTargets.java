package dev.sdlora.fuzz;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.PatchPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** LoRA files, their sidecar files, and how they fit a model. */
final class LoraTargets {
  private static final String MODULE =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";

  static final Listing KOHYA =
      new Listing(
          Map.of(
              MODULE + ".lora_down.weight",
              List.of(4L, 32L),
              MODULE + ".lora_up.weight",
              List.of(32L, 4L)));

  private static final String PEFT_MODULE =
      "base_model.model.unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";

  private static final Listing PEFT =
      new Listing(
          Map.of(
              PEFT_MODULE + ".lora_A.weight",
              List.of(4L, 64L),
              PEFT_MODULE + ".lora_B.weight",
              List.of(64L, 4L)));

  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  private static final ModuleIndex LAYERS = SmallNetworks.layers();

  private LoraTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> refusals =
        Set.of(LoraException.class, TensorFileException.class);
    return List.of(
        new Target(
            "lora",
            refusals,
            input -> plan(Scratch.file("lora.safetensors", Listing.NOTHING.with(input)))),
        new Target("lora-pickle", refusals, input -> plan(Scratch.file("lora.pt", input))),
        new Target("adapter-config", refusals, LoraTargets::adapterConfig),
        new Target("training-tags", refusals, LoraTargets::trainingTags),
        new Target("sidecars", refusals, LoraTargets::sidecars));
  }

  private static void plan(Path path) {
    LoraFile file = LoraFile.open(path);
    List<LoraUse> uses = List.of(new LoraUse("fuzz", file, 1, 0.5));
    PatchPlan.of(LAYERS, "fuzz", ModelFamily.SD1, uses);
  }

  private static void adapterConfig(byte[] json) throws IOException {
    Scratch.file("peft/adapter_config.json", json);
    LoraFile file = LoraFile.open(Scratch.once("peft/adapter.safetensors", PEFT));
    file.modules().forEach(module -> module.configuredScale());
  }

  /** Tags as kohya's trainer stores them in metadata. */
  private static void trainingTags(byte[] json) throws IOException {
    String line = "#ss_tag_frequency " + new String(json, StandardCharsets.UTF_8);
    String inOne = LINE_BREAK.matcher(line).replaceAll(" ");
    details(Scratch.file("tags.safetensors", KOHYA.with(inOne.getBytes(StandardCharsets.UTF_8))));
  }

  /** Sidecars of A1111's editor and of download tools, which have no key in common. */
  private static void sidecars(byte[] json) throws IOException {
    Path path = Scratch.once("cards/lora.safetensors", KOHYA);
    Scratch.file("cards/lora.json", json);
    Scratch.alias("cards/lora.civitai.info", "cards/lora.json");
    details(path);
  }

  private static void details(Path path) {
    LoraFiles files = new LoraFiles();
    new LoraCards(files).details(LoraFiles.adapter(files.open(path)));
  }
}
