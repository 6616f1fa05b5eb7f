package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Moment;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.pipeline.lora.LoraPlans.Fit;
import dev.sdlora.testkit.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoraPlansTest {
  private static final LoraFile FILE = LoraFile.open(TinyModels.LORA);
  private static final Moment LATER = new Moment(3, 4, 1);

  /** The strengths that were planned after the LoRAs had been matched. */
  private final List<Double> planned = new ArrayList<>();

  private LoraPlans plans(StrengthSchedule... strengths) {
    List<Fit> fits =
        Stream.of(strengths)
            .map(unet -> new LoraUse("a", FILE, LoraStrength.of(1).withUnet(unet)))
            .map(use -> new Fit(use, plan(use.peak()), new Match(1, List.of()), Optional.empty()))
            .toList();
    return new LoraPlans(
        use -> {
          planned.add(use.unetStrength());
          return plan(use);
        },
        LoraMode.AUTO,
        false,
        fits,
        List.of(),
        List.of());
  }

  private static PatchPlan plan(LoraUse... uses) {
    return new PatchPlan(
        Map.of(
            Network.UNET,
            Map.of(
                "layer.weight",
                Stream.of(uses)
                    .map(
                        use ->
                            new Change(
                                FILE.file(),
                                FILE.modules().get(0),
                                use.unetStrength(),
                                OptionalInt.empty()))
                    .toList())));
  }

  private static LoraUse use(double unet) {
    return new LoraUse("a", FILE, 1, unet);
  }

  @Test
  void constantStrengths_arePlannedOnceForTheRequest() {
    LoraPlans plans = plans(StrengthSchedule.constant(0.5), StrengthSchedule.constant(2));

    PatchPlan expected = plan(use(0.5), use(2));
    assertThat(plans.patched()).isEqualTo(expected);
    assertThat(plans.leaseRequest().patched().plan()).isEqualTo(expected);
    assertThat(plans.leaseRequest()).isSameAs(plans.leaseRequest());
    assertThat(plans.plan(0)).isEqualTo(expected);
    assertThat(plans.plan(Moment.START)).isEqualTo(expected);
    assertThat(plans.plan(LATER)).isEqualTo(expected);
    assertThat(planned).isEmpty();
  }

  @Test
  void scheduledStrengths_arePlannedAtTheStartAndWhereTheyChange() {
    LoraPlans plans =
        plans(StrengthSchedule.parse("0.25@0,1@0.5,0.5@0.75"), StrengthSchedule.constant(2));

    assertThat(plans.patched()).isEqualTo(plan(use(0.25), use(2)));
    assertThat(plans.plan(0)).isEqualTo(plan(use(0.25), use(2)));
    assertThat(plans.leaseRequest().patched().plan()).isEqualTo(plan(use(0.25), use(2)));
    assertThat(planned).containsExactly(0.25);

    assertThat(plans.plan(LATER)).isEqualTo(plan(use(0.5), use(2)));
    assertThat(planned).containsExactly(0.25, 0.5);
  }
}
