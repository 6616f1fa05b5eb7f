package dev.sdlora.lora.effect;

import static dev.sdlora.lora.effect.SmallFiles.CONV;
import static dev.sdlora.lora.effect.SmallFiles.QUERY;
import static dev.sdlora.lora.effect.SmallFiles.change;
import static dev.sdlora.lora.effect.SmallFiles.inner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.lora.LoraConflicts.Block;
import dev.sdlora.api.lora.LoraConflicts.Pair;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares several LoRAs, measured by their factors, with sums over whole matrices in double. */
class PlansTogetherTest {
  /** Products are float64, but factors and whole changes are read as float32. */
  private static final double CLOSE = 1e-6;

  @TempDir Path folder;
  private Torch torch;
  private SmallFiles files;

  @BeforeEach
  void open() {
    torch = Torch.open("cpu");
    files = new SmallFiles(folder);
  }

  @AfterEach
  void close() {
    torch.close();
  }

  private static PatchPlan plan(LoraFile lora, double strength) {
    return PatchPlan.of(
        new ModuleIndex(SmallFiles.shapes()),
        "small",
        ModelFamily.SD1,
        List.of(new LoraUse("a", lora, strength, strength)));
  }

  private EffectMeter meter() {
    return new EffectMeter(torch, new TensorLoader(torch));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", QUERY, CONV, CONV + "," + QUERY})
  void measure_pairs_areThoseOfWholeMatrices(String whole) {
    List<PatchPlan> plans =
        List.of(
            plan(files.lora(1), 0.5),
            plan(files.lora(2, List.of(CONV, QUERY), List.of(whole.split(","))), -2));

    List<Block> blocks = meter().measure(plans, files.checkpoint(7));

    assertThat(blocks).extracting(Block::name).containsExactly("IN01", "MID");
    for (Block block : blocks) {
      String name = block.name().equals("MID") ? QUERY : CONV;
      double[] one = change(1, name);
      double[] two = change(2, name);
      double first = 0.5 * Math.sqrt(inner(one, one));
      double second = 2 * Math.sqrt(inner(two, two));
      double product = 0.5 * -2 * inner(one, two);
      Pair pair = block.pair(1, 0);
      assertThat(pair.shared()).isEqualTo(1);
      assertThat(pair.product()).isCloseTo(product, within(CLOSE * first * second));
      assertThat(pair.cosine()).isCloseTo(product / (first * second), within(CLOSE));
      assertThat(block.alone(0).change()).isCloseTo(first, within(CLOSE * first));
      assertThat(block.alone(1).change()).isCloseTo(second, within(CLOSE * second));
      double sum = Math.sqrt(first * first + second * second + 2 * product);
      assertThat(block.sum().change()).isCloseTo(sum, within(CLOSE * sum));
      assertThat(block.growth()).isCloseTo(sum / Math.hypot(first, second), within(CLOSE));
    }
  }

  @Test
  void measure_aLoraAndItsOpposite_cancel() {
    LoraFile lora = files.lora(1);
    List<Block> blocks =
        meter().measure(List.of(plan(lora, 1), plan(lora, -1)), files.checkpoint(7));
    assertThat(blocks)
        .allSatisfy(
            block -> {
              assertThat(block.pair(0, 1).cosine()).isCloseTo(-1, within(CLOSE));
              assertThat(block.sum().relative()).isLessThan(CLOSE);
            });
  }

  @Test
  void measure_otherLayers_shareNothing() {
    List<PatchPlan> plans =
        List.of(
            plan(files.lora(1, List.of(CONV), List.of()), 1),
            plan(files.lora(2, List.of(QUERY), List.of()), 1));
    for (Block block : meter().measure(plans, files.checkpoint(7))) {
      assertThat(block.pair(0, 1).shared()).isZero();
      assertThat(block.pair(0, 1).cosine()).isZero();
      assertThat(block.growth()).isEqualTo(1);
    }
  }

  @Test
  void distance_weightsOfOneSideOnly_arePassedOver() {
    Map<Network, Map<String, Origin>> one = files.checkpoint(7);
    Map<Network, Map<String, Origin>> other =
        files.checkpoint(Map.of(QUERY, SmallFiles.weight(8, QUERY)));

    List<BlockChange> blocks =
        new DistanceMeter(torch, new TensorLoader(torch))
            .measure(Network.UNET, unet(one), unet(other));

    assertThat(blocks).hasSize(1);
    float[] from = SmallFiles.weight(7, QUERY);
    float[] to = SmallFiles.weight(8, QUERY);
    double expected = SmallFiles.norm(from);
    for (int i = 0; i < from.length; i++) {
      to[i] -= from[i];
    }
    assertThat(blocks.get(0).weight()).isCloseTo(expected, within(CLOSE * expected));
    assertThat(blocks.get(0).relative()).isCloseTo(SmallFiles.norm(to) / expected, within(CLOSE));
  }

  private static Map<String, Origin> unet(Map<Network, Map<String, Origin>> weights) {
    return weights.getOrDefault(Network.UNET, Map.of());
  }

  @Test
  void estimate_isTheSumOfChangesThatHaveNothingToDoWithEachOther() {
    Map<Network, Map<String, Origin>> model = files.checkpoint(7);
    PatchPlan one = plan(files.lora(1), 1);
    PatchPlan two = plan(files.lora(2, List.of(CONV, QUERY), List.of(QUERY)), -2);
    SumEstimate estimate = new SumEstimate(model);

    List<BlockChange> sums = estimate.of(List.of(one, two), 1, 0.5);

    List<Block> exact = meter().measure(List.of(one, two), model);
    assertThat(sums).hasSize(2);
    for (int i = 0; i < 2; i++) {
      double expected =
          Math.hypot(exact.get(i).alone(0).change(), 0.5 * exact.get(i).alone(1).change());
      assertThat(sums.get(i).name()).isEqualTo(exact.get(i).name());
      assertThat(sums.get(i).change()).isCloseTo(expected, within(CLOSE * expected));
      // A weight of this size is read entirely.
      assertThat(sums.get(i).weight())
          .isCloseTo(exact.get(i).weight(), within(CLOSE * exact.get(i).weight()));
    }
  }

  @Test
  void estimate_oneFileTwice_addsUp() {
    LoraFile lora = files.lora(1);
    SumEstimate estimate = new SumEstimate(files.checkpoint(7));
    double once = estimate.of(List.of(plan(lora, 1)), 1).get(0).change();
    List<PatchPlan> twice = List.of(plan(lora, 1), plan(lora, 0.5));
    assertThat(estimate.of(twice, 1, 1).get(0).change())
        .isCloseTo(1.5 * once, within(CLOSE * once));
  }

  @Test
  void estimate_fileThatIsKnown_isNotReadAgain() throws IOException {
    LoraFile lora = files.lora(1);
    SumEstimate estimate = new SumEstimate(files.checkpoint(7));
    List<BlockChange> before = estimate.of(List.of(plan(lora, 1)), 1);
    Files.delete(lora.file().path());
    assertThat(estimate.of(List.of(plan(lora, 1)), 1)).isEqualTo(before);
    assertThat(estimate.of(List.of(plan(lora, 3)), 1).get(0).change())
        .isCloseTo(3 * before.get(0).change(), within(CLOSE));
  }
}
