import stylistic from '@stylistic/eslint-plugin';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

const restrictions = [
	{ selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
	{ selector: 'ExportAllDeclaration', message: 'No barrels: import the file you mean.' },
	{ selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
];

export default ts.config(
	{ ignores: ['dist/', 'node_modules/', 'coverage/', '.films/', '.bench/', '.data/', 'test-results/'] },
	...ts.configs.strictTypeChecked,
	...svelte.configs['flat/recommended'],
	{
		languageOptions: {
			parserOptions: {
				projectService: { allowDefaultProject: ['*.js'] },
				extraFileExtensions: ['.svelte'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		plugins: { '@stylistic': stylistic },
		rules: {
			'@stylistic/indent': ['error', 'tab', { SwitchCase: 1, ignoredNodes: ['TSTypeParameterInstantiation', 'ConditionalExpression *'] }],
			'@stylistic/quotes': ['error', 'single', { avoidEscape: true }],
			'@stylistic/semi': 'error',
			'@stylistic/comma-dangle': ['error', 'always-multiline'],
			'@stylistic/max-len': ['error', { code: 120, tabWidth: 2, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
			'@stylistic/eol-last': 'error',
			'@stylistic/no-trailing-spaces': 'error',
			'@stylistic/object-curly-spacing': ['error', 'always'],
			'@stylistic/member-delimiter-style': ['error', { singleline: { delimiter: 'semi' } }],
			'max-lines': ['error', { max: 400 }],
			'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
			complexity: ['error', { max: 16, variant: 'modified' }],
			'max-depth': ['error', 3],
			'max-params': ['error', 4],
			'no-console': 'error',
			'no-restricted-syntax': ['error', ...restrictions],
			'prefer-const': 'error',
			eqeqeq: 'error',
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			'@typescript-eslint/no-confusing-void-expression': 'off', // `return this.#refuse()` ends a handler in one line
			'@typescript-eslint/no-meaningless-void-operator': 'off',
			'@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
			'@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
			'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
		},
	},
	{ files: ['**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
	{ files: ['**/*.svelte'], languageOptions: { parserOptions: { parser: ts.parser } }, rules: { '@stylistic/indent': 'off', 'svelte/indent': 'off', 'max-lines-per-function': 'off' } },
	{
		files: ['**/*.test.ts', '**/*.spec.ts', '**/testkit/**', 'e2e/**'],
		rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
	},
	// shared's tests see Node's types, shared itself does not: two projects in one folder.
	{
		files: ['shared/**/*.test.ts', 'shared/testkit/**/*.ts'],
		languageOptions: { parserOptions: { projectService: false, project: './shared/tsconfig.test.json' } },
	},
	// Tool configs at the top run on Node, as e2e does.
	{
		files: ['*.ts'],
		languageOptions: { parserOptions: { projectService: false, project: './e2e/tsconfig.json' } },
	},
	{
		files: ['web/**/*.browser.test.ts', 'web/**/testkit/**'],
		languageOptions: { parserOptions: { projectService: false, project: './web/tsconfig.test.json' } },
	},
	{ files: ['*.config.ts', '*.config.js', 'e2e/*.config.ts', 'e2e/global-setup.ts'], rules: { 'no-restricted-syntax': 'off' } },
	{ files: ['**/*.mjs', '*.js'], ...ts.configs.disableTypeChecked },
	{ files: ['**/log.ts', 'cli/**', 'e2e/run/**', 'e2e/bench/**', 'e2e/prove/**'], rules: { 'no-console': 'off' } },
);
