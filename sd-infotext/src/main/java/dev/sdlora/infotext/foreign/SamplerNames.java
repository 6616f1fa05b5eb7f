package dev.sdlora.infotext.foreign;

import static java.util.Map.entry;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The sampler and schedule names of ComfyUI and programs built on it, and the scheduler names of
 * diffusers that InvokeAI uses.
 */
final class SamplerNames {
  /** ComfyUI's samplers. Its DDIM is Euler's method on any schedule. */
  private static final Map<String, Sampler> COMFY =
      Map.ofEntries(
          entry("euler", Sampler.EULER),
          entry("euler_ancestral", Sampler.EULER_A),
          entry("heun", Sampler.HEUN),
          entry("dpm_2", Sampler.DPM2),
          entry("dpm_2_ancestral", Sampler.DPM2_A),
          entry("lms", Sampler.LMS),
          entry("dpm_fast", Sampler.DPM_FAST),
          entry("dpm_adaptive", Sampler.DPM_ADAPTIVE),
          entry("dpmpp_2s_ancestral", Sampler.DPMPP_2S_A),
          entry("dpmpp_sde", Sampler.DPMPP_SDE),
          entry("dpmpp_2m", Sampler.DPMPP_2M),
          entry("dpmpp_2m_sde", Sampler.DPMPP_2M_SDE),
          entry("dpmpp_2m_sde_heun", Sampler.DPMPP_2M_SDE_HEUN),
          entry("dpmpp_3m_sde", Sampler.DPMPP_3M_SDE),
          entry("lcm", Sampler.LCM),
          entry("tcd", Sampler.TCD),
          entry("deis", Sampler.DEIS),
          entry("res_multistep", Sampler.RES_MULTISTEP),
          entry("ddim", Sampler.EULER),
          entry("plms", Sampler.PLMS),
          entry("restart", Sampler.RESTART),
          entry("uni_pc", Sampler.UNIPC),
          entry("uni_pc_bh2", Sampler.UNIPC));

  private static final Map<String, Schedule> COMFY_SCHEDULES =
      Map.ofEntries(
          entry("normal", Schedule.NORMAL),
          entry("karras", Schedule.KARRAS),
          entry("exponential", Schedule.EXPONENTIAL),
          entry("polyexponential", Schedule.POLYEXPONENTIAL),
          entry("sgm_uniform", Schedule.SGM_UNIFORM),
          entry("simple", Schedule.SIMPLE),
          entry("ddim_uniform", Schedule.DDIM),
          entry("beta", Schedule.BETA),
          entry("kl_optimal", Schedule.KL_OPTIMAL),
          entry("linear_quadratic", Schedule.LINEAR_QUADRATIC),
          entry("align_your_steps", Schedule.ALIGN_YOUR_STEPS),
          entry("ays", Schedule.ALIGN_YOUR_STEPS));

  private static final Map<String, Sampler> DIFFUSERS =
      Map.ofEntries(
          entry("ddim", Sampler.DDIM),
          entry("plms", Sampler.PLMS),
          entry("pndm", Sampler.PNDM),
          entry("lms", Sampler.LMS),
          entry("heun", Sampler.HEUN),
          entry("euler", Sampler.EULER),
          entry("euler_a", Sampler.EULER_A),
          entry("kdpm_2", Sampler.DPM2),
          entry("kdpm_2_a", Sampler.DPM2_A),
          entry("dpm_2", Sampler.DPM2),
          entry("dpm_2_a", Sampler.DPM2_A),
          entry("dpmpp_2", Sampler.DPMPP_2M),
          entry("dpmpp_2_a", Sampler.DPMPP_2S_A),
          entry("dpmpp_2s", Sampler.DPMPP_2S),
          entry("dpmpp_2m", Sampler.DPMPP_2M),
          entry("dpmpp_2m_sde", Sampler.DPMPP_2M_SDE),
          entry("dpmpp_sde", Sampler.DPMPP_SDE),
          entry("deis", Sampler.DEIS),
          entry("unipc", Sampler.UNIPC),
          entry("lcm", Sampler.LCM),
          entry("tcd", Sampler.TCD));

  private static final String ON_GPU = "_gpu";

  /**
   * Prefix of k-diffusion's function names, used by the first versions of ComfyUI: {@code
   * sample_dpmpp_2m}.
   */
  private static final String FUNCTION = "sample_";

  private static final String KARRAS = "_k";

  private SamplerNames() {}

  /** Returns a sampler by ComfyUI's name, ignoring the suffix for the noise source. */
  static Optional<Sampler> comfy(String name) {
    String key = name.strip().toLowerCase(Locale.ROOT);
    String bare = key.startsWith(FUNCTION) ? key.substring(FUNCTION.length()) : key;
    String method =
        bare.endsWith(ON_GPU) ? bare.substring(0, bare.length() - ON_GPU.length()) : bare;
    return Optional.ofNullable(COMFY.get(method));
  }

  static Optional<Schedule> comfySchedule(String name) {
    return Optional.ofNullable(COMFY_SCHEDULES.get(name.strip().toLowerCase(Locale.ROOT)));
  }

  /** Sets a sampler and its schedule by ComfyUI's names, if they are known. */
  static void setComfy(ForeignSettings settings, String sampler, String schedule) {
    comfy(sampler)
        .ifPresentOrElse(
            method -> settings.set("Sampler", method.label()),
            () -> settings.rest("sampler", sampler));
    if (sampler.strip().equalsIgnoreCase("uni_pc_bh2")) {
      settings.set("UniPC variant", "bh2");
    }
    comfySchedule(schedule)
        .ifPresentOrElse(
            spread -> settings.set("Schedule type", spread.label()),
            () -> settings.rest("scheduler", schedule));
  }

  /**
   * Sets the sampler and schedule of a diffusers scheduler; {@code _k} means the Karras schedule.
   */
  static void setDiffusers(ForeignSettings settings, String scheduler) {
    String key = scheduler.strip().toLowerCase(Locale.ROOT);
    String plain = key.startsWith("k_") ? key.substring(2) : key;
    boolean karras = plain.endsWith(KARRAS);
    String method = karras ? plain.substring(0, plain.length() - KARRAS.length()) : plain;
    Optional<Sampler> sampler = Optional.ofNullable(DIFFUSERS.get(method));
    if (sampler.isEmpty()) {
      settings.rest("scheduler", scheduler);
      return;
    }
    settings.set("Sampler", sampler.get().label());
    settings.set("Schedule type", (karras ? Schedule.KARRAS : Schedule.NORMAL).label());
  }
}
