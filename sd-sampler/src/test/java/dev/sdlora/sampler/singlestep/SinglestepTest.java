package dev.sdlora.sampler.singlestep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Offset.offset;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Noise that is added again, and how steps are divided. */
class SinglestepTest {
  private static final NoiseLevels FLOW = NoiseLevels.flow(3);
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @Test
  void raise_flow_keepsTheShares() {
    Ancestral up = Ancestral.raise(FLOW.form(), 0.2, 0.6);

    assertThat(up.keep() * 0.8).isCloseTo(0.4, offset(1e-15));
    assertThat(Math.hypot(up.keep() * 0.2, up.up())).isCloseTo(0.6, offset(1e-15));
    assertThat(Ancestral.raise(FLOW.form(), 1, 1)).isEqualTo(new Ancestral(1, 1, 0));
    NoiseForm exploding = NoiseForm.exploding();
    assertThat(Ancestral.raise(exploding, 3, 5)).isEqualTo(new Ancestral(3, 1, 4));
  }

  @Test
  void legs_flow_restartBetweenTheRatios() {
    SamplingSettings settings =
        new SamplingSettings(Sampler.RESTART, Schedule.AUTOMATIC, 36, SamplerOptions.DEFAULTS);
    Sigmas sigmas = SamplingPlan.of(settings, FLOW, ModelFamily.SD1).sigmas();

    double[] raised =
        new Restart(1, FLOW.form()).legs(sigmas).stream().mapToDouble(Restart.Leg::from).toArray();
    int rises = 0;
    for (int i = 1; i < raised.length; i++) {
      if (raised[i] > raised[i - 1]) {
        rises++;
        assertThat(raised[i]).isBetween(0.5, 0.8);
      }
    }
    assertThat(rises).isEqualTo(2);
  }

  /** 20 steps: 11 on a Karras grid, and 9 again from near 2 to near 0.1. */
  @Test
  void legs_twentySteps_goBackOnce() {
    List<Restart.Leg> legs =
        new Restart(1, NoiseForm.exploding()).legs(sigmas(Schedule.KARRAS, 20));
    List<Integer> backs =
        IntStream.range(1, 20)
            .filter(i -> legs.get(i).from() > legs.get(i - 1).to())
            .boxed()
            .toList();
    Sigmas grid = sigmas(Schedule.KARRAS, 11);

    assertThat(backs).hasSize(1);
    int back = backs.get(0);
    assertThat(legs.get(back - 1).to()).isCloseTo(grid.at(9), within(1e-9));
    assertThat(legs.get(back).from()).isCloseTo(grid.at(4), within(1e-9));
    assertThat(legs.get(back + 8).to()).isCloseTo(grid.at(9), within(1e-9));
    assertThat(legs.get(19).to()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 2 1", "4, 3 1", "5, 3 2", "6, 3 2 1", "10, 3 3 3 1"})
  void orders_dpmFast_useAllCalls(int calls, String orders) {
    assertThat(Arrays.stream(DpmFast.orders(calls)).mapToObj(String::valueOf))
        .containsExactly(orders.split(" ", -1));
  }

  private static Sigmas sigmas(Schedule schedule, int steps) {
    return Schedules.sigmas(schedule, steps, LEVELS, ModelFamily.SD1, SamplerOptions.DEFAULTS);
  }
}
