package dev.sdlora.sampler.plan;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.multistep.Deis;
import dev.sdlora.sampler.multistep.DpmPp2m;
import dev.sdlora.sampler.multistep.DpmPp2mSde;
import dev.sdlora.sampler.multistep.DpmPp2mSde.Solver;
import dev.sdlora.sampler.multistep.DpmPp3mSde;
import dev.sdlora.sampler.multistep.Lms;
import dev.sdlora.sampler.multistep.Plms;
import dev.sdlora.sampler.multistep.Pndm;
import dev.sdlora.sampler.multistep.ResMultistep;
import dev.sdlora.sampler.multistep.UniPc;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.singlestep.Churn;
import dev.sdlora.sampler.singlestep.Ddim;
import dev.sdlora.sampler.singlestep.DdimCfgPp;
import dev.sdlora.sampler.singlestep.Dpm2;
import dev.sdlora.sampler.singlestep.Dpm2Ancestral;
import dev.sdlora.sampler.singlestep.DpmAdaptive;
import dev.sdlora.sampler.singlestep.DpmFast;
import dev.sdlora.sampler.singlestep.DpmPp2sAncestral;
import dev.sdlora.sampler.singlestep.DpmPpSde;
import dev.sdlora.sampler.singlestep.DpmPpSinglestep;
import dev.sdlora.sampler.singlestep.Euler;
import dev.sdlora.sampler.singlestep.EulerAncestral;
import dev.sdlora.sampler.singlestep.Heun;
import dev.sdlora.sampler.singlestep.Lcm;
import dev.sdlora.sampler.singlestep.Restart;
import dev.sdlora.sampler.singlestep.Tcd;

/** Maps each sampler to its method, with the options that it uses. */
final class SamplingMethods {
  private static final int LMS_ORDER = 4;
  private static final int UNIPC_ORDER = 3;
  private static final int DEIS_ORDER = 3;
  private static final double TCD_GAMMA = 0.3;

  private SamplingMethods() {}

  /**
   * Returns the method of a sampler.
   *
   * @param levels the noise that the model was trained on
   * @throws IllegalArgumentException if an option is outside this sampler's range, or the model is
   *     a flow and the sampler has no form for it
   */
  static SamplingMethod of(Sampler sampler, NoiseLevels levels, SamplerOptions options) {
    double eta = options.eta().orElse(1);
    double etaDdim = options.etaDdim().orElse(0);
    double sNoise = options.sNoise();
    NoiseForm form = levels.form();
    if (form.isFlow()) {
      requireFlowForm(sampler);
    }
    return switch (sampler) {
      case EULER -> new Euler(churn(options, form));
      case EULER_A -> new EulerAncestral(eta, sNoise, form);
      case HEUN -> new Heun(churn(options, form));
      case DPM2 -> new Dpm2(churn(options, form));
      case DPM2_A -> new Dpm2Ancestral(eta, sNoise, form);
      case LMS -> new Lms(options.order().orElse(LMS_ORDER), form);
      case DPMPP_2S_A -> new DpmPp2sAncestral(eta, sNoise, form);
      case DPMPP_SDE -> new DpmPpSde(eta, sNoise, form);
      case DPMPP_2M -> new DpmPp2m();
      case DPMPP_2S -> new DpmPpSinglestep(2);
      case DPMPP_3S -> new DpmPpSinglestep(3);
      case DPMPP_2M_SDE -> new DpmPp2mSde(eta, sNoise, form, Solver.MIDPOINT);
      case DPMPP_2M_SDE_HEUN -> new DpmPp2mSde(eta, sNoise, form, Solver.HEUN);
      case DPMPP_3M_SDE -> new DpmPp3mSde(eta, sNoise, form);
      case DPM_FAST -> new DpmFast(eta, sNoise);
      case DPM_ADAPTIVE -> new DpmAdaptive(eta, sNoise);
      case RESTART -> new Restart(sNoise, form);
      case DDIM -> new Ddim(etaDdim);
      case DDIM_CFGPP -> new DdimCfgPp(etaDdim);
      case PLMS -> new Plms();
      case PNDM -> new Pndm(levels);
      case UNIPC -> new UniPc(options.uniPcVariant(), options.order().orElse(UNIPC_ORDER));
      case LCM -> new Lcm(levels);
      case DEIS -> new Deis(options.order().orElse(DEIS_ORDER), form);
      case RES_MULTISTEP -> new ResMultistep();
      case TCD -> new Tcd(levels, options.etaDdim().orElse(TCD_GAMMA));
    };
  }

  private static void requireFlowForm(Sampler sampler) {
    switch (sampler) {
      case DDIM, DDIM_CFGPP, PLMS, PNDM, UNIPC, TCD, DPM_FAST, DPM_ADAPTIVE ->
          throw new IllegalArgumentException(
              "the sampler "
                  + sampler.label()
                  + " has no form for rectified flows such as FLUX.2 and Z-Image; Euler is their"
                  + " usual sampler");
      default -> {
        // samples flows
      }
    }
  }

  private static Churn churn(SamplerOptions options, NoiseForm form) {
    double sTmax = options.sTmax().orElse(Double.POSITIVE_INFINITY);
    return new Churn(options.sChurn(), options.sTmin(), sTmax, options.sNoise(), form);
  }
}
