import type { BaseRootOptions } from './base/root.ts';
import type { RpmsOptions } from './base/rpms.ts';
import type { CBuildOptions } from './c/build.ts';
import type { GoBuildOptions } from './go/build.ts';
import type { ModulesOptions } from './go/modules.ts';
import type { BaseImageOptions } from './image/base-image.ts';
import type { ImageOptions } from './image/image.ts';
import type { LicensesOptions } from './licenses/licenses.ts';
import type { ScriptBuildOptions } from './script/build.ts';
import type { CheckoutOptions } from './source/checkout.ts';
import type { SourceOptions } from './source/source.ts';
import type { ToolchainOptions } from './toolchain/fetch.ts';
import type { PatchingOptions } from './toolchain/patch-goroot.ts';

/** All that deeds work with; each takes what it needs. */
export type Tools = ToolchainOptions &
  PatchingOptions &
  SourceOptions &
  CheckoutOptions &
  ModulesOptions &
  GoBuildOptions &
  ScriptBuildOptions &
  CBuildOptions &
  LicensesOptions &
  BaseImageOptions &
  RpmsOptions &
  BaseRootOptions &
  ImageOptions;
