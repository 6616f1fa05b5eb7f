/**
 * Benchmarks, and the tools that write full-size model files for them. Build them once:
 *
 * <pre>mvn -pl benchmarks -am -DskipTests package</pre>
 *
 * <p>A full-size SD 1.5 checkpoint (2.1 GB, float16, random weights) and a LoRA of 264 modules for
 * it:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/full-sd15.safetensors --seed 1
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteLora \
 *     /tmp/full-lora.safetensors --rank 16 --seed 1
 * </pre>
 *
 * <p>Patching weights of one size, with the floor beside it; all sizes and ranks take some ten
 * minutes. The parameters of JMH narrow it down:
 *
 * <pre>
 * java -jar benchmarks/target/benchmarks.jar LoraPatch
 * java -jar benchmarks/target/benchmarks.jar LoraPatch -p shape=1280x1280 -p rank=16,64
 * </pre>
 *
 * <p>Patching a whole model, going to another LoRA, and restoring, with the floor beside it:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.FullModelPatchBenchmark \
 *     /tmp/full-sd15.safetensors --rank 16 --rounds 7
 * </pre>
 *
 * <p>Calls of a U-Net without LoRAs and with one and two that ride beside its weights:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.OverlayBenchmark \
 *     /tmp/full-sd15.safetensors --size 512 --rank 16 --rounds 5
 * </pre>
 *
 * <p>Measure on an idle machine: libtorch's threads wait for each other, so a second busy process
 * slows them down many times over.
 */
@NullMarked
package dev.sdlora.benchmarks;

import org.jspecify.annotations.NullMarked;
