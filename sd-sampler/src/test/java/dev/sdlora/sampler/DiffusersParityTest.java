package dev.sdlora.sampler;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.multistep.Deis;
import dev.sdlora.sampler.multistep.DpmPp2m;
import dev.sdlora.sampler.multistep.DpmPp2mSde;
import dev.sdlora.sampler.multistep.DpmPp2mSde.Solver;
import dev.sdlora.sampler.multistep.Lms;
import dev.sdlora.sampler.multistep.Plms;
import dev.sdlora.sampler.multistep.Pndm;
import dev.sdlora.sampler.multistep.UniPc;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Churn;
import dev.sdlora.sampler.singlestep.Ddim;
import dev.sdlora.sampler.singlestep.Dpm2;
import dev.sdlora.sampler.singlestep.Dpm2Ancestral;
import dev.sdlora.sampler.singlestep.DpmPpSinglestep;
import dev.sdlora.sampler.singlestep.Euler;
import dev.sdlora.sampler.singlestep.EulerAncestral;
import dev.sdlora.sampler.singlestep.Heun;
import dev.sdlora.sampler.singlestep.Lcm;
import dev.sdlora.sampler.singlestep.Tcd;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares every call with runs of diffusers' schedulers. Most of them use latents y of unit
 * variance: {@code x = y·sqrt(1 + sigma²)}.
 */
class DiffusersParityTest {
  /** Relative to the largest value; diffusers rounds its tables, and some latents, to float32. */
  private static final double TOLERANCE = 5e-6;

  /** Schedulers whose latents are {@code clean + sigma·noise}, as in this library. */
  private static final Set<String> IN_OUR_FORM =
      Set.of(
          "EulerDiscreteScheduler",
          "EulerAncestralDiscreteScheduler",
          "HeunDiscreteScheduler",
          "KDPM2DiscreteScheduler",
          "KDPM2AncestralDiscreteScheduler",
          "LMSDiscreteScheduler");

  /** The level at time 999 if no signal is left; it must be finite here. */
  private static final double NEARLY_INFINITE = 1e7;

  private static final Fixtures RUNS = Fixtures.tensors("diffusers.safetensors");
  private static final JsonNode MANIFEST = Fixtures.json("manifest.json").path("diffusers");
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  static Stream<String> runs() {
    Iterator<String> names = MANIFEST.fieldNames();
    return StreamSupport.stream(((Iterable<String>) () -> names).spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void sample_recordedNoise_equalsReferenceAtEveryCall(String run) {
    JsonNode made = MANIFEST.path(run);
    boolean ourForm = IN_OUR_FORM.contains(made.path("scheduler").textValue());
    Sigmas sigmas = sigmas(run, made);
    RecordedNoise noise =
        RUNS.has(run + ".noise")
            ? new RecordedNoise(RUNS.rows(run + ".noise"))
            : new RecordedNoise();
    Denoiser ideal = AnalyticDenoisers.ofManifest(made.path("denoiser").textValue());
    Calls calls = new Calls(toldTimes(ideal, Fixtures.numbers(made.path("timesteps")), run));
    double noiseScale =
        ourForm ? made.path("init_noise_sigma").doubleValue() : spread(sigmas.at(0));

    float[] result =
        method(made)
            .sample(
                calls,
                Latents.scale(noiseScale, RUNS.floats(run + ".noise0")),
                sigmas,
                noise,
                calls);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(calls.seen()).hasSize(steps.length);
    for (int i = 0; i < steps.length; i++) {
      double form = ourForm ? 1 : 1 / spread(calls.sigmas().get(i));
      assertCloseToScale(Latents.scale(form, calls.seen().get(i)), steps[i], TOLERANCE);
    }
    double form = ourForm ? 1 : 1 / spread(sigmas.at(sigmas.steps()));
    assertCloseToScale(Latents.scale(form, result), RUNS.doubles(run + ".x"), TOLERANCE);
    // diffusers also draws for a last step to 0, and multiplies the noise by 0.
    int last = made.path("noise_calls").intValue() > 0 && sigmas.at(sigmas.steps()) == 0 ? 1 : 0;
    assertThat(noise.draws()).isBetween(made.path("noise_calls").intValue() - last, 10);
  }

  /**
   * Calls the model as diffusers does: at a time in the scheduler's list, which is rounded for some
   * schedules and belongs to another level than that of the latent.
   */
  private static Denoiser toldTimes(Denoiser ideal, double[] times, String run) {
    AtomicInteger call = new AtomicInteger();
    return (Unguided)
        (x, sigma) -> {
          double told = levels(run).timeToSigma(times[call.getAndIncrement()]);
          if (Math.abs(told / sigma - 1) < 1e-5) {
            return ideal.denoise(x, sigma);
          }
          float[] seen = Latents.scale(spread(told) / spread(sigma), x);
          float[] noise = Latents.noise(seen, ideal.denoise(seen, told), told);
          return Latents.combine(1, x, -sigma, noise);
        };
  }

  private static double spread(double sigma) {
    return Math.sqrt(1 + sigma * sigma);
  }

  private static Sigmas sigmas(String run, JsonNode made) {
    double[] times = Fixtures.numbers(made.path("timesteps"));
    if (run.startsWith("pndm_prk")) { // its first steps also call the model at the times in between
      times = IntStream.range(0, 10).mapToDouble(i -> 901 - 100 * i).toArray();
    }
    double[] given = Fixtures.numbers(made.path("sigmas"));
    double[] raw = given.length > 0 ? given : new double[times.length + 1];
    if (given.length == 0) {
      NoiseLevels levels = levels(run);
      for (int i = 0; i < times.length; i++) {
        raw[i] = levels.timeToSigma(times[i]);
      }
      boolean toClean = made.at("/config/set_alpha_to_one").asBoolean(true);
      raw[times.length] = toClean ? 0 : levels.sigmaMin();
      if (made.path("scheduler").textValue().equals("TCDScheduler")) {
        raw[times.length] = levels.sigmaMin();
      }
    }
    return Sigmas.of(Arrays.stream(raw).distinct().toArray());
  }

  private static NoiseLevels levels(String run) {
    if (!run.startsWith("ddim_zsnr")) {
      return LEVELS;
    }
    double[] alphas = Fixtures.tensors("schedules.safetensors").doubles("zsnr.alphas_cumprod");
    alphas[alphas.length - 1] = 1 / (1 + NEARLY_INFINITE * NEARLY_INFINITE);
    return NoiseLevels.ofAlphasCumprod(alphas);
  }

  private static SamplingMethod method(JsonNode made) {
    JsonNode config = made.path("config");
    double eta = made.at("/step_kwargs/eta").asDouble(0);
    int order = config.path("solver_order").asInt(1);
    return switch (made.path("scheduler").textValue()) {
      case "DDIMScheduler" -> new Ddim(eta);
      case "DDPMScheduler" -> new Ddim(1);
      case "PNDMScheduler" ->
          config.path("skip_prk_steps").booleanValue() ? new Plms() : new Pndm(LEVELS);
      case "DPMSolverSinglestepScheduler" -> new DpmPpSinglestep(order);
      case "UniPCMultistepScheduler" ->
          new UniPc(
              config.path("solver_type").textValue().equals("bh1")
                  ? UniPcVariant.BH1
                  : UniPcVariant.BH2,
              order);
      case "LCMScheduler" -> new Lcm(LEVELS);
      case "TCDScheduler" -> new Tcd(LEVELS, eta);
      case "DEISMultistepScheduler" -> new Deis(order, NoiseForm.exploding());
      case "DPMSolverMultistepScheduler" ->
          config.path("algorithm_type").textValue().startsWith("sde")
              ? new DpmPp2mSde(1, 1, NoiseForm.exploding(), Solver.MIDPOINT)
              : new DpmPp2m();
      case "EulerDiscreteScheduler" -> new Euler(Churn.NONE);
      case "EulerAncestralDiscreteScheduler" -> new EulerAncestral(1, 1, NoiseForm.exploding());
      case "HeunDiscreteScheduler" -> new Heun(Churn.NONE);
      case "KDPM2DiscreteScheduler" -> new Dpm2(Churn.NONE);
      case "KDPM2AncestralDiscreteScheduler" -> new Dpm2Ancestral(1, 1, NoiseForm.exploding());
      case "LMSDiscreteScheduler" -> new Lms(4, NoiseForm.exploding());
      default -> throw new IllegalArgumentException("no sampler for " + made.path("scheduler"));
    };
  }
}
