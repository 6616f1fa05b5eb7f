package dev.sdlora.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.ResumeTest;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.TrainedModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training runs with options of the adapter, from the builder to the file. */
class AdapterOptionsTrainingTest {
  private static final AdapterOptions LORA = AdapterOptions.DEFAULTS;

  @TempDir private Path folder;

  private LoraTrainerBuilder trainer(String name, AdapterOptions options) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors")).adapter(options).steps(2);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        kind(LORA, "LoRA", "networks.lora", ""),
        kind(
            LORA.withDora(true),
            "DoRA",
            "lycoris.kohya",
            "{\"algo\":\"lora\",\"preset\":\"attn-mlp\",\"dora_wd\":\"True\"}"),
        kind(
            LORA.withRankStabilised(true).withLoraPlusRatio(16),
            "LoRA",
            "lycoris.kohya",
            "{\"algo\":\"lora\",\"preset\":\"attn-mlp\",\"rs_lora\":\"True\",\"loraplus_lr_ratio\":\"16\"}"),
        kind(
            AdapterOptions.of(AdapterKind.LOHA).withDropout(0, 0.1, 0.2),
            "LoHa",
            "lycoris.kohya",
            "{\"algo\":\"loha\",\"preset\":\"attn-mlp\",\"rank_dropout\":\"0.1\",\"module_dropout\":\"0.2\"}"),
        kind(
            AdapterOptions.of(AdapterKind.LOKR).withLokrFactor(2).withDora(true),
            "LoKr with DoRA",
            "lycoris.kohya",
            "{\"algo\":\"lokr\",\"preset\":\"attn-mlp\",\"factor\":\"2\",\"dora_wd\":\"True\"}"),
        kind(
            AdapterOptions.of(AdapterKind.IA3),
            "IA3",
            "lycoris.kohya",
            "{\"algo\":\"ia3\",\"preset\":\"ia3\"}"));
  }

  private static Arguments kind(
      AdapterOptions options, String label, String module, String arguments) {
    return Arguments.of(options, label, module, arguments);
  }

  @ParameterizedTest(name = "{1} {3}")
  @MethodSource("kinds")
  void file_ofEachKind_isReadAsThatKind(
      AdapterOptions options, String label, String module, String arguments) throws IOException {
    LoraAdapter lora = LoraAdapter.open(trainer("out", options).build().train().file());

    assertThat(lora.kinds()).containsExactly(label);
    assertThat(lora.metadata()).containsEntry("ss_network_module", module);
    if (arguments.isEmpty()) {
      assertThat(lora.metadata()).doesNotContainKey("ss_network_args");
    } else {
      JsonNode found = new ObjectMapper().readTree(lora.metadata().get("ss_network_args"));
      assertThat(found).isEqualTo(new ObjectMapper().readTree(arguments));
    }
  }

  /** Readers divide alpha by the rank, so that it has to be 4 · √4. */
  @Test
  void alpha_ofRankStabilised_isMultipliedByTheRootOfTheRank() {
    Path file = trainer("out", LORA.withRankStabilised(true)).build().train().file();

    TensorFile tensors = TensorFile.open(file);
    try (TensorFile.Reader reader = tensors.reader()) {
      assertThat(
              tensors.tensors().values().stream()
                  .filter(entry -> entry.name().endsWith(".alpha"))
                  .map(entry -> reader.floats(entry)[0]))
          .isNotEmpty()
          .containsOnly(8f);
    }
  }

  @Test
  void rules_withRanksAndLeftOutLayers_decideTheFile() {
    AdapterOptions options =
        LORA.withConvolutions(3, 1)
            .withRule(LayerRule.leaveOut("MID"))
            .withRule(LayerRule.of(".*attn1.*").withRank(1))
            .withRule(LayerRule.of("IN01").withRank(2));
    Path file = trainer("out", options).modules(TrainedModules.CONVOLUTIONS).build().train().file();

    List<LoraModule> modules = LoraFile.open(file).modules();
    assertThat(modules).noneMatch(module -> module.key().contains("mid_block"));
    assertThat(ranks(modules, "down_blocks_0_attentions_0_.*attn1.*")).containsOnly(1);
    assertThat(ranks(modules, "down_blocks_0_attentions_0_.*attn2.*")).containsOnly(2);
    assertThat(ranks(modules, "down_blocks_0_resnets_0_conv1")).containsOnly(2);
    assertThat(ranks(modules, "up_blocks_0_resnets_0_conv1")).containsOnly(3);
    assertThat(ranks(modules, "up_blocks_1_attentions_0_.*attn2.*")).containsOnly(4);
  }

  private static List<Integer> ranks(List<LoraModule> modules, String layers) {
    return modules.stream()
        .filter(module -> module.key().matches("lora_unet_" + layers))
        .map(LoraModule::rank)
        .toList();
  }

  @Tag("slow")
  @Test
  void train_withDropoutsAndRates_resumesToTheSameBytes() throws IOException {
    for (AdapterOptions options :
        List.of(
            LORA.withDropout(0.2, 0.2, 0.2)
                .withLoraPlusRatio(4)
                .withRule(LayerRule.of("MID").withRateFactor(0.5)),
            AdapterOptions.of(AdapterKind.LOKR).withDora(true).withDropout(0, 0.2, 0.2))) {
      String name = options.kind().name();
      LoraTrainerBuilder stopped =
          trainer("a" + name, options).name("out").textEncoder(true).steps(4).resume(true);
      ResumeTest.trainWith(stopped, 2, LoraTrainer::cancel);
      Path resumed = stopped.listener(new TrainingListener() {}).build().train().file();
      Path whole =
          trainer("b" + name, options)
              .name("out")
              .textEncoder(true)
              .steps(4)
              .resume(true)
              .build()
              .train()
              .file();

      assertThat(Files.readAllBytes(resumed)).isEqualTo(Files.readAllBytes(whole));
    }
  }

  @Test
  void build_rankAboveTheWidth_isRefusedWithTheLayer() {
    assertThatThrownBy(() -> trainer("out", LORA).rank(100).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "rank must be at most \\d+ for layer '.*', whose weight is \\[.*]: 100");
    // Both factors of a LoKr of high rank are whole.
    trainer("out", AdapterOptions.of(AdapterKind.LOKR)).rank(100).build();
  }

  @Test
  void build_ruleWithoutLayer_isRefused() {
    assertThatThrownBy(() -> trainer("out", LORA.withRule(LayerRule.of("IN40"))).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rules must match layers that are trained; did you mean 'IN");
    assertThatThrownBy(() -> trainer("out", LORA.withRule(LayerRule.of("BASE"))).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rules must match layers that are trained");
    trainer("out", LORA.withRule(LayerRule.of("BASE"))).textEncoder(true).build();
  }

  @Test
  void build_doraWithOppositeImages_isRefused() {
    TrainingSet opposites = Fixtures.discs().withStrength(-1);

    assertThatThrownBy(() -> trainer("out", LORA.withDora(true)).trainingSet(opposites).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "strength must be 1 for DoRA, whose effect at other strengths differs between programs:"
                + " -1.0");
  }
}
