package dev.sdlora.sampler;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.sampler.multistep.DpmPp2m;
import dev.sdlora.sampler.multistep.DpmPp2mSde;
import dev.sdlora.sampler.multistep.DpmPp2mSde.Solver;
import dev.sdlora.sampler.multistep.DpmPp3mSde;
import dev.sdlora.sampler.multistep.Lms;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Churn;
import dev.sdlora.sampler.singlestep.Dpm2;
import dev.sdlora.sampler.singlestep.Dpm2Ancestral;
import dev.sdlora.sampler.singlestep.DpmAdaptive;
import dev.sdlora.sampler.singlestep.DpmFast;
import dev.sdlora.sampler.singlestep.DpmPp2sAncestral;
import dev.sdlora.sampler.singlestep.DpmPpSde;
import dev.sdlora.sampler.singlestep.Euler;
import dev.sdlora.sampler.singlestep.EulerAncestral;
import dev.sdlora.sampler.singlestep.Heun;
import java.util.Iterator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares every step with runs of k-diffusion in float64, with the same noise. */
class KDiffusionParityTest {
  /** Relative to the largest value, for float32 against float64. */
  private static final double TOLERANCE = 2e-6;

  private static final Fixtures RUNS = Fixtures.tensors("k_diffusion.safetensors");
  private static final JsonNode MANIFEST = Fixtures.json("manifest.json").path("k_diffusion");

  static Stream<String> runs() {
    Iterator<String> names = MANIFEST.fieldNames();
    return StreamSupport.stream(((Iterable<String>) () -> names).spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void sample_recordedNoise_equalsReferenceAtEveryStep(String run) {
    JsonNode made = MANIFEST.path(run);
    boolean recorded = RUNS.has(run + ".noise");
    RecordedNoise noise =
        recorded ? new RecordedNoise(RUNS.rows(run + ".noise")) : new RecordedNoise();
    Calls calls = new Calls(AnalyticDenoisers.ofManifest(made.path("denoiser").textValue()));

    float[] result =
        method(made).sample(calls, RUNS.floats(run + ".x0"), sigmas(made), noise, calls);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(calls.starts()).hasSize(steps.length);
    // DPM adaptive reports steps at their end. The end depends on differences that are small
    // compared with float32 latents, and each step passes its error on to the next; the manifest
    // gives the error of k-diffusion's own float32.
    boolean adaptive = run.startsWith("dpm_adaptive");
    double tolerance = adaptive ? made.path("fp32_vs_fp64").doubleValue() : TOLERANCE;
    for (int i = adaptive ? 1 : 0; i < steps.length; i++) {
      assertCloseToScale(calls.starts().get(i), steps[adaptive ? i - 1 : i], tolerance);
    }
    assertCloseToScale(result, RUNS.doubles(run + ".x"), tolerance);
    // k-diffusion also draws for eta 0, and multiplies the noise by 0.
    boolean solver = run.startsWith("dpm_fast") || run.startsWith("dpm_adaptive");
    assertThat(noise.draws()).isEqualTo(solver ? 0 : made.path("noise_calls").intValue());
    if (made.has("info")) {
      assertThat(calls.seen()).hasSize(made.at("/info/nfe").intValue());
    }
  }

  private static Sigmas sigmas(JsonNode made) {
    if (!made.has("sigma_min")) {
      return Sigmas.of(RUNS.doubles(made.path("sigmas").textValue()));
    }
    double highest = made.path("sigma_max").doubleValue();
    double lowest = made.path("sigma_min").doubleValue();
    int steps = made.path("n").asInt(1);
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = highest - i;
    }
    sigmas[steps] = lowest;
    return Sigmas.of(sigmas);
  }

  private static SamplingMethod method(JsonNode made) {
    JsonNode options = made.path("kwargs");
    String function = made.path("function").textValue();
    String name = function.substring(function.lastIndexOf('.') + "sample_".length() + 1);
    double eta = options.path("eta").asDouble(1);
    double sNoise = options.path("s_noise").asDouble(1);
    Churn churn =
        new Churn(
            options.path("s_churn").asDouble(0),
            options.path("s_tmin").asDouble(0),
            options.path("s_tmax").asDouble(Double.POSITIVE_INFINITY),
            sNoise,
            NoiseForm.exploding());
    return switch (name) {
      case "euler" -> new Euler(churn);
      case "euler_ancestral" -> new EulerAncestral(eta, sNoise, NoiseForm.exploding());
      case "heun" -> new Heun(churn);
      case "dpm_2" -> new Dpm2(churn);
      case "dpm_2_ancestral" -> new Dpm2Ancestral(eta, sNoise, NoiseForm.exploding());
      case "lms" -> new Lms(options.path("order").asInt(4), NoiseForm.exploding());
      case "dpmpp_2s_ancestral" -> new DpmPp2sAncestral(eta, sNoise, NoiseForm.exploding());
      case "dpmpp_sde" -> new DpmPpSde(eta, sNoise, NoiseForm.exploding());
      case "dpmpp_2m" -> new DpmPp2m();
      case "dpmpp_2m_sde" ->
          new DpmPp2mSde(
              eta,
              sNoise,
              NoiseForm.exploding(),
              options.path("solver_type").asText("midpoint").equals("heun")
                  ? Solver.HEUN
                  : Solver.MIDPOINT);
      case "dpmpp_3m_sde" -> new DpmPp3mSde(eta, sNoise, NoiseForm.exploding());
      case "dpm_fast" -> new DpmFast(options.path("eta").asDouble(0), sNoise);
      case "dpm_adaptive" -> new DpmAdaptive(options.path("eta").asDouble(0), sNoise);
      default -> throw new IllegalArgumentException("no sampler for " + name);
    };
  }
}
