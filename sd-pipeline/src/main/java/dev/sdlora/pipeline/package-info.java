/**
 * From a prompt to an image: {@link dev.sdlora.pipeline.Generation} is the way through.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which LoRAs do nothing: {@code pipeline.ChangelessLoras}; factors of zeros, {@code
 *       lora.factors.ZeroModules}; what rounding does to changes, {@code
 *       lora.effect.RoundingMeter}.
 *   <li>What a request may take: {@code pipeline.RequestMemory}, {@code pipeline.memory}, what the
 *       first one takes more in {@code MemoryBudget}; measured by {@code PeakMemory} among the
 *       tests.
 *   <li>Which networks stay in memory, and when they are read again: {@code pipeline.OnDemand}; who
 *       uses them, {@code Model.withVae}, {@code AppliedLoras.withTextEncoders}.
 *   <li>Which number format a device computes in: {@code pipeline.PrecisionChoice}, {@code
 *       tensors.natives.Processor}; what stays in float32, the programs themselves.
 *   <li>How requests end, and what callers are told of failures: {@code pipeline.Request}, {@code
 *       LocalPipeline.Work}, {@code Failures}.
 *   <li>Which images are drawn together: {@code JointBatch}; how their samplers meet: {@code
 *       denoise.Lockstep}, {@code ModelCalls}; options in {@code api.SpeedOptions}.
 *   <li>The refiner: {@code pipeline.Refiner}, {@code DenoisingPass.denoiser}, {@code
 *       denoise.SwitchingDenoiser}.
 *   <li>How LoRAs of a request become plans: {@code pipeline.LoraResolver}, then {@code LoraPlans},
 *       then {@code WeightGate.Lease}.
 *   <li>How images pass the VAE in strips: {@code strip_conv} in {@code vae_parts.torchscript.py};
 *       when, {@code Model.strips}.
 *   <li>When results warn of sums of LoRAs: {@code pipeline.LoraSums}, norms in {@code
 *       lora.effect.SumEstimate}; the share in {@code api.LoraConflicts}, measured by {@code
 *       demo.MeasureLoraSums}.
 *   <li>Which image sizes results warn of: {@code pipeline.SizeWarning}.
 *   <li>LoRAs and sides of `AND` in parts of the image: masks by name in {@code pipeline.Masks},
 *       how they lie over what is drawn in {@code canvas.RegionFrame}; a LoRA's in {@code
 *       lora.overlay.Place} and {@code RegionTensors}, {@code region_map} in {@code
 *       layers.torchscript.py}, {@code regional_attention} in {@code transformer.torchscript.py}; a
 *       side's area in {@code Conditions.Part}, its tag in {@code prompt.grammar.MaskTag}.
 *   <li>Which requests run beside which: {@code pipeline.WeightGate}.
 *   <li>What a request does between prompt and image: {@code pipeline.Generation}; one way down the
 *       noise levels in {@code DenoisingPass} (LoRAs, conditions, U-Net), how it samples in {@code
 *       PassSampling}.
 *   <li>Hires fix: {@code pipeline.HiresPass}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline;

import org.jspecify.annotations.NullMarked;
